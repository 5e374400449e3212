import type { ObjectRemover } from '../../ports/object-remover.ts';
import type { MemoryStore } from './memory-store.ts';

/** @returns what removes from a store in memory. */
export function memoryRemover(store: MemoryStore): ObjectRemover {
  return { remove: async (at) => store.remove(at) };
}

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStoreError } from '../../ports/object-store.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import type { MemoryStore } from './memory-store.ts';

/** @returns what replaces objects of a store in memory. A reply that is lost is met by the adapter's own second try. */
export function memoryPointers(store: MemoryStore): PointerStore {
  const read: PointerStore['read'] = async (at) => {
    try {
      const { etag } = await store.head(at);
      const chunks: Uint8Array[] = [];
      for await (const chunk of await store.get(at, { ifMatch: etag })) chunks.push(chunk);
      return { bytes: Buffer.concat(chunks), etag };
    } catch (error) {
      const { problem } = error as ObjectStoreError;
      if (problem === 'missing') return null;
      if (problem === 'changed') return read(at);
      throw error;
    }
  };
  return {
    read,
    replace: async (at, bytes, etag) => {
      if ((await store.replaceIf(at, bytes, etag)) === 'created') return 'switched';
      const there = await read(at);
      return there !== null && Buffer.compare(there.bytes, bytes) === 0 ? 'switched' : 'lost';
    },
  };
}

/** Sleeps through nothing, so that whoever lost tries again at once. */
const SLEEPLESS: Clock = {
  now: () => Date.UTC(2026, 2, 1, 3),
  monotonicMs: () => 0,
  roll: () => 0.5,
  sleep: async () => undefined,
};

/** @returns what the current view of a store in memory is made with. */
export function viewing(store: MemoryStore): { pointers: () => PointerStore; clock: Clock; nonce: () => string } {
  return { pointers: () => memoryPointers(store), clock: SLEEPLESS, nonce: randomUUID };
}

import { objectRemoverContract } from '../contracts/object-remover.ts';
import { memoryRemover } from './memory-remover.ts';
import { MemoryStore } from './memory-store.ts';

objectRemoverContract('memory', async () => {
  const store = new MemoryStore(['bucket']);
  return { remover: memoryRemover(store), store, bucket: 'bucket', close: async () => undefined };
});

import { pointerStoreContract } from '../contracts/pointer-store.ts';
import { memoryPointers } from './memory-pointers.ts';
import { MemoryStore } from './memory-store.ts';

pointerStoreContract('A memory', async () => {
  const store = new MemoryStore();
  return { pointers: memoryPointers(store), store, bucket: 'bucket', close: async () => {} };
});

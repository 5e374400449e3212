import type { createObjectStores } from '../adapters/s3/store.ts';

export type Stores = ReturnType<typeof createObjectStores>;

/** Does something with S3, whose connections are closed afterwards. The library is half the time that a command takes to start. */
export async function withStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  const { createObjectStores: create } = await import('../adapters/s3/store.ts');
  const stores = create();
  try {
    return await work(stores);
  } finally {
    stores.close();
  }
}

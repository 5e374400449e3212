import { randomUUID } from 'node:crypto';
import { systemClock } from '../adapters/clock.ts';
import type { createObjectStores } from '../adapters/s3/store.ts';
import type { CurrentPorts } from '../current/ports.ts';

type Stores = ReturnType<typeof createObjectStores>;

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

/** @returns what a view is made with, by hand. */
export function toolsOf(stores: Stores, told: Pick<CurrentPorts, 'signal' | 'beat'>): CurrentPorts {
  return { store: stores.output({}), pointers: stores.pointers({}), clock: systemClock, nonce: randomUUID, ...told };
}

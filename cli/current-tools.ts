import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { createObjectStores } from '../adapters/s3/store.ts';
import type { CurrentPorts } from '../current/ports.ts';
import type { IntakePorts } from '../intake/ports.ts';

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

/** The machine's own clocks and dice. */
export const CLOCK: CurrentPorts['clock'] & IntakePorts['clock'] = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  roll: () => Math.random(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
};

/** @returns what a view is made with, by hand. */
export function toolsOf(stores: Stores, told: Pick<CurrentPorts, 'signal' | 'beat'>): CurrentPorts {
  return { store: stores.output({}), pointers: stores.pointers({}), clock: CLOCK, nonce: randomUUID, ...told };
}

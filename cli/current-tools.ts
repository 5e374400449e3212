import { randomUUID } from 'node:crypto';
import { systemClock } from '../adapters/clock.ts';
import type { CurrentPorts } from '../current/ports.ts';
import type { Stores } from './stores.ts';

/** @returns what a view is made with, by hand. */
export function toolsOf(stores: Stores, told: Pick<CurrentPorts, 'signal' | 'beat'>): CurrentPorts {
  return { store: stores.output({}), pointers: stores.pointers({}), clock: systemClock, nonce: randomUUID, ...told };
}

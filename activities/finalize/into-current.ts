import { endedRun } from '../../current/ended-runs.ts';
import { updateCurrent } from '../../current/update.ts';
import type { RunManifest, RunRef } from '../../domain/run.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PointerStores } from '../../ports/pointer-store.ts';
import type { Pulse } from '../pulse.ts';

export interface IntoCurrentPorts {
  readonly pointers: PointerStores['pointers'];
  readonly clock: Clock;
  readonly nonce: () => string;
}

/** A run that is closed, and where its output is. */
export interface ClosedOutput {
  readonly ports: IntoCurrentPorts;
  readonly args: RunRef;
  readonly pulse: Pulse;
  readonly store: ObjectStore;
}

/**
 * Puts the good records of a closed run into the current view of its output; a run out of balance has none to vouch for.
 * @throws Failure; ObjectStoreError; what the pulse was aborted with
 */
export async function intoCurrent({ ports, args, pulse, store }: ClosedOutput, manifest: RunManifest): Promise<void> {
  const run = endedRun(args, manifest);
  if (run === null) return;
  const { sseKmsKeyId } = args;
  const pointers = ports.pointers(sseKmsKeyId === undefined ? {} : { sseKmsKeyId });
  const beat = (current: object): void => pulse.beat({ current });
  await updateCurrent({ store, pointers, clock: ports.clock, nonce: ports.nonce, signal: pulse.signal, beat }, run);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStatus } from '../../domain/progress.ts';
import { STATUS_QUERY } from '../../domain/temporal-names.ts';
import { eventsOf } from './journal-reader.ts';
import type { Scene } from './scene.ts';

const LOOK_EVERY_MS = 50;

/** Waits until a condition holds; the test's own time limit bounds it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(LOOK_EVERY_MS);
}

/** Waits until services have taken so many jobs in all. */
export function untilAccepted({ simulation }: Scene, count: number, service?: string): Promise<void> {
  const accepted = () => eventsOf(simulation.journal, 'accepted').filter((event) => event.service === (service ?? event.service));
  return until(() => accepted().length >= count);
}

/** @returns the answer to the status query of a run. */
export function statusOf({ temporal }: Scene, runId: string): Promise<RunStatus> {
  return temporal.client.workflow.getHandle(runId).query<RunStatus>(STATUS_QUERY);
}

/** Waits until a run says this of itself. */
export async function untilStatus(scene: Scene, runId: string, says: (status: RunStatus) => boolean): Promise<RunStatus> {
  for (;;) {
    const status = await statusOf(scene, runId).catch(() => null);
    if (status !== null && says(status)) return status;
    await sleep(LOOK_EVERY_MS);
  }
}

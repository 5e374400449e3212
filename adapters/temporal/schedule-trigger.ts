import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduleHandle } from '@temporalio/client';
import { SECOND_MS } from '../../domain/units.ts';
import { requireOwn, scheduleView, type ScheduleView } from './schedule-view.ts';

/** What became of a run that was asked for out of turn. */
export type Triggered =
  | { readonly kind: 'started'; readonly runId: string }
  /** Until the open run has ended. */
  | { readonly kind: 'waits' }
  /** One waits already. */
  | { readonly kind: 'left_out' }
  /** The server has not come to it yet. */
  | { readonly kind: 'requested' };

const WITHIN_MS = 5 * SECOND_MS;
const LOOK_EVERY_MS = 100;

function triggeredOf(before: ScheduleView, now: ScheduleView): Triggered | null {
  const known = new Set(before.runs.map(({ runId }) => runId));
  const started = now.runs.find(({ runId }) => !known.has(runId));
  if (started !== undefined) return { kind: 'started', runId: started.runId };
  if (now.counts.waiting > before.counts.waiting) return { kind: 'waits' };
  return now.counts.leftOut > before.counts.leftOut ? { kind: 'left_out' } : null;
}

/** Starts a run now, that stands for this moment; where one is open, after that. */
export async function triggerSchedule(handle: ScheduleHandle): Promise<Triggered> {
  const view = async (): Promise<ScheduleView> => scheduleView(requireOwn(await handle.describe()), Date.now());
  const before = await view();
  await handle.trigger('BUFFER_ONE');
  const endMs = Date.now() + WITHIN_MS;
  for (;;) {
    const became = triggeredOf(before, await view());
    if (became !== null) return became;
    if (Date.now() > endMs) return { kind: 'requested' };
    await sleep(LOOK_EVERY_MS);
  }
}

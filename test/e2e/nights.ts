import { setTimeout as sleep } from 'node:timers/promises';
import { WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { Scene } from './scene.ts';

/** What Temporal knows of the schedule `nightly` of a scene, and of its runs. */

/** To describe a schedule is work for the server. */
const LOOK_EVERY_MS = 200;

/** A night as Temporal knows it. */
export interface Night {
  readonly runId: string;
  /** The time that it stands for, ms. */
  readonly dueMs: number;
  /** When the schedule came to it, ms. */
  readonly fromMs: number;
  /** When it was over, ms. */
  readonly toMs: number;
  readonly closed: 'COMPLETED' | 'FAILED';
}

async function closing({ temporal }: Scene, runId: string): Promise<Pick<Night, 'closed' | 'toMs'> | null> {
  const { status, closeTime } = await temporal.client.workflow.getHandle(runId).describe();
  const closed = status.name === 'COMPLETED' || status.name === 'FAILED' ? status.name : null;
  return closed === null || closeTime === undefined ? null : { closed, toMs: closeTime.getTime() };
}

/** @returns the first night that began after a moment, once it is over. */
export async function nightAfter(scene: Scene, afterMs: number): Promise<Night> {
  for (;;) {
    const { info } = await scene.temporal.client.schedule.getHandle('nightly').describe();
    const action = info.recentActions.find(({ takenAt }) => takenAt.getTime() > afterMs);
    const runId = action?.action.workflow.workflowId ?? '';
    const closed = action === undefined ? null : await closing(scene, runId);
    if (action !== undefined && closed !== null)
      return { runId, dueMs: action.scheduledAt.getTime(), fromMs: action.takenAt.getTime(), ...closed };
    await sleep(LOOK_EVERY_MS);
  }
}

/** How many nights are open, wait for that, and were left out since one waited. */
interface NightCounts {
  readonly open: number;
  readonly waiting: number;
  readonly leftOut: number;
}

async function nightCounts({ temporal }: Scene): Promise<NightCounts> {
  const { info, raw } = await temporal.client.schedule.getHandle('nightly').describe();
  const { runningActions, numActionsSkippedOverlap: leftOut } = info;
  return { open: runningActions.length, waiting: Number(raw.info?.bufferSize ?? 0), leftOut };
}

/** Waits until the schedule says this of its nights. */
export async function untilNights(scene: Scene, says: (counts: NightCounts) => boolean): Promise<void> {
  while (!says(await nightCounts(scene))) await sleep(LOOK_EVERY_MS);
}

/** Waits until no night is open and none waits. */
export function untilIdle(scene: Scene): Promise<void> {
  return untilNights(scene, ({ open, waiting }) => open === 0 && waiting === 0);
}

/** @returns when each night began and ended, ms, in their order; one that is open ends never. */
export async function nightSpans({
  temporal,
}: Scene): Promise<{ readonly id: string; readonly from: number; readonly to: number }[]> {
  const nights = [];
  for await (const info of temporal.client.workflow.list({ query: `WorkflowType = "${WORKFLOW_TYPES.run}"` })) {
    if (info.workflowId.startsWith('nightly-'))
      nights.push({ id: info.workflowId, from: info.startTime.getTime(), to: info.closeTime?.getTime() ?? Infinity });
  }
  return nights.toSorted((a, b) => a.from - b.from);
}

/** @returns the ids of all runs that wrote their run.json. */
export async function openedRuns({ bucket }: Scene): Promise<string[]> {
  return (await bucket.keys('out/')).flatMap((key) => /^out\/run=([^/]+)\/run\.json$/u.exec(key)?.[1] ?? []);
}

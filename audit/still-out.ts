import { textLines } from '../activities/lines.ts';
import { isYoung } from '../domain/harvest.ts';
import { inRun, parseLogKey, PATHS, type RunPlace } from '../domain/layout.ts';
import type { Job, LogHead, StrandState } from '../domain/log.ts';
import type { Run } from '../domain/run.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** What the logs of a finished run know of jobs that are not over. */
export interface StillOut {
  /** Jobs whose results the services still have, and that a later run would collect. */
  readonly collectable: number;
  /** Jobs that may still hold a GPU. */
  readonly charged: number;
  /** Until when, ms since 1970; 0 where there are none. */
  readonly chargedUntilMs: number;
}

/** Where the logs of a run are, and what time it is. */
export interface Logs {
  readonly store: ObjectStore;
  readonly place: RunPlace;
  readonly run: Run;
  readonly now: number;
}

async function headOf(store: ObjectStore, at: { bucket: string; key: string }): Promise<LogHead | null> {
  for await (const line of textLines(await store.get(at))) return JSON.parse(line) as LogHead;
  return null;
}

/** @returns how a strand stood at its last slice; null where it has none. */
async function lastState({ store, place }: Logs, lane: string, strand: number): Promise<StrandState | null> {
  const { bucket, key: prefix } = inRun(place, PATHS.strandLog(lane, strand));
  const numbers: number[] = [];
  for await (const page of store.list({ bucket, prefix }))
    numbers.push(...page.flatMap(({ key }) => (parseLogKey(key)?.k === null ? [parseLogKey(key)?.n ?? 0] : [])));
  for (const n of numbers.toSorted((a, b) => b - a)) {
    const head = await headOf(store, inRun(place, PATHS.logObject(lane, strand, n)));
    if (head?.kind === 'slice') return head.state;
  }
  return null;
}

async function jobsOf(logs: Logs): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const { service, strands } of logs.run.lanes) {
    for (let strand = 0; strand < strands; strand += 1) {
      const state = await lastState(logs, service, strand);
      jobs.push(...(state?.tasks ?? []).flatMap((task) => task.jobs));
    }
  }
  return jobs;
}

/** @param cancelled a later run wants what was in flight; of a complete run nobody wants it. @throws ObjectStoreError */
export async function stillOut(logs: Logs, cancelled: boolean): Promise<StillOut> {
  const jobs = await jobsOf(logs);
  const charged = jobs.filter(({ deadlineAtMs, of }) => of === undefined && deadlineAtMs > logs.now);
  const wanted = jobs.filter(
    ({ callId, acceptedAtMs, beganAtMs }) => callId !== null && isYoung(acceptedAtMs ?? beganAtMs, logs.now),
  );
  return {
    collectable: cancelled ? wanted.length : 0,
    charged: charged.length,
    chargedUntilMs: Math.max(0, ...charged.map(({ deadlineAtMs }) => deadlineAtMs)),
  };
}

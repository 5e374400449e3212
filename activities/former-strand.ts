import type { ChargedJob, FormerHolder } from '../domain/harvest.ts';
import { orphanMs } from '../domain/ceiling.ts';
import { holderId } from '../domain/ids.ts';
import { inRun, PATHS } from '../domain/layout.ts';
import type { StrandState } from '../domain/log.ts';
import type { RunRef } from '../domain/run.ts';
import type { Service } from '../domain/service.ts';
import { MINUTE_MS } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { StrandLog } from './advance/strand-log.ts';

/** A lease outlasts the last object of its holder's log by less than this. */
export const LEASE_OVER_MS = 15 * MINUTE_MS;

/** Where a strand's log is, and what reads it. */
export interface FormerPlace {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly ref: RunRef;
  readonly lane: string;
  readonly strand: number;
}

/** A strand's log as it was read. Times are ms. */
export interface FormerStrand {
  readonly lane: string;
  readonly strand: number;
  readonly state: StrandState;
  /** n of its last slice; 0 where there is none. */
  readonly slice: number;
  readonly readAtMs: number;
  /** 0 where there is no log. */
  readonly writtenAtMs: number;
}

async function lastWritten({ store, ref, lane, strand }: FormerPlace): Promise<number> {
  let last = 0;
  const { bucket, key } = inRun(ref, PATHS.strandLog(lane, strand));
  for await (const page of store.list({ bucket, prefix: key }))
    for (const { lastModified } of page) last = Math.max(last, Date.parse(lastModified ?? '') || 0);
  return last;
}

/** Reads the log of a strand that is not ours: nothing is written, nothing taken over. */
export async function readFormerStrand(place: FormerPlace): Promise<FormerStrand> {
  const { store, clock, ref, lane, strand } = place;
  const readAtMs = clock.now();
  const writtenAtMs = await lastWritten(place);
  const nobody = { firstRange: 0, nonce: '', attempt: { execution: 0, turn: 0, attempt: 0 } };
  const { folded } = await StrandLog.open({ store, clock, run: ref, lane, strand, ...nobody }, 0);
  return { lane, strand, state: folded.state, slice: folded.slice, readAtMs, writtenAtMs };
}

/** @returns jobs that a strand itself was charged for. */
export function chargedJobs({ state }: FormerStrand): ChargedJob[] {
  const jobs = state.tasks.flatMap((task) => task.jobs.filter(({ of }) => of === undefined));
  return jobs.map(({ n, i, callId, deadlineAtMs }) => ({ n, i, callId, deadlineAtMs }));
}

/** @returns what the budget may charge a former strand for, as its log says. */
export function formerHolder(read: FormerStrand, of: { ref: RunRef; service: Service; released: boolean }): FormerHolder {
  const { lane, strand, readAtMs, writtenAtMs } = read;
  const { bucket, prefix, runId } = of.ref;
  const jobs = chargedJobs(read);
  const last = Math.max(0, ...jobs.map(({ deadlineAtMs }) => deadlineAtMs));
  // Of a lease that was not given back all places stay charged, whatever the log says of them.
  const untilMs = of.released ? last : Math.max(last, writtenAtMs + LEASE_OVER_MS + orphanMs(of.service));
  const run = { bucket, prefix, runId };
  const { released } = of;
  return { holder: holderId(run, lane, strand), run, lane, strand, released, readAtMs, writtenAtMs, untilMs, jobs };
}

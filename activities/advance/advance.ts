import { travelling } from '../../domain/clusters.ts';
import { rangesPassed, type StrandRanges } from '../../domain/cursor.ts';
import type { SliceLine, StrandState } from '../../domain/log.ts';
import { compareRecords } from '../../domain/merge-order.ts';
import { leaseMs, sliceMs } from '../../domain/pace.ts';
import { ambiguousJobs, knownJobs } from '../../domain/strand.ts';
import { SECOND_MS } from '../../domain/units.ts';
import type { AdvanceArgs, AdvanceContext, AdvanceDeps, AdvanceResult } from './advance-types.ts';
import { abandon } from './ending.ts';
import { Loop, type SliceEnd } from './loop.ts';
import { hearAnswers, newSession, openLog, sceneOf, strandRanges } from './opening.ts';
import { rereadCalls } from './refill.ts';
import { Reporting } from './reporting.ts';
import type { Session } from './session.ts';

/** A single pass ends by itself; this bounds one that always finds more to begin. */
const LONGEST_PASS_MS = 120 * SECOND_MS;

/** @returns the activity: a slice of a strand (architecture.md section 2). */
export function createAdvance(deps: AdvanceDeps): (args: AdvanceArgs, context: AdvanceContext) => Promise<AdvanceResult> {
  return async (args, context) => {
    const scene = await sceneOf(deps, args);
    const ranges = strandRanges(scene);
    const log = await openLog(deps, { args, context, firstRange: ranges.ranges[0] ?? 0 });
    await log.takeOver();
    deps.reached('takeover');
    const session = newSession(deps, { args, scene, ranges, log });
    await hearAnswers(session);
    await rereadCalls(
      session,
      ambiguousJobs(session.state).map((job) => job.n),
    );
    const over = new AbortController();
    context.signal.addEventListener('abort', () => session.wake(), { once: true, signal: over.signal });
    try {
      return await slice(session, { deps, args, context, ranges });
    } finally {
      over.abort();
    }
  };
}

interface Turn {
  readonly deps: AdvanceDeps;
  readonly args: AdvanceArgs;
  readonly context: AdvanceContext;
  readonly ranges: StrandRanges;
}

async function slice(session: Session, turn: Turn): Promise<AdvanceResult> {
  const { deps, args, ranges } = turn;
  const { holder, state } = session;
  // What the last lease gave, not what this moment's ceiling says: that swings, and slices would with it.
  const places = state.granted > 0 ? state.granted : holder.ceiling.jobs;
  const lengthMs = sliceMs(deps.sliceSeconds, places, state.latenciesMs);
  const reporting = new Reporting(session, { ranges, ttlMs: leaseMs(lengthMs), signal: turn.context.signal });
  if (args.mode === 'abandon') abandon(session);
  const loop = new Loop(session, { ranges, end: endOf(session, turn, lengthMs), reporting, beat: turn.context.beat });
  const waitMs = args.mode === 'abandon' ? 0 : await runOrQuit(loop);
  deps.reached('slice');
  const done = args.mode === 'abandon' || (args.mode === 'work' && session.halt === null && loop.finished);
  const over = done || session.halt?.blind === true || (args.mode !== 'work' && loop.finished);
  const untoldMs = over ? busyTaken(session) : 0;
  const n = await commit(session);
  deps.reached('slice-put');
  // Nobody may come who would report for this strand: its lease would be charged in full until its last deadline.
  if (over || turn.context.forsaken()) await reporting.release(untoldMs);
  else await reporting.beforeRest(waitMs);
  return resultOf(session, { n, done, cut: done && args.mode === 'work' && !loop.complete, waitMs, ranges });
}

function endOf(session: Session, { deps, args, context }: Turn, lengthMs: number): SliceEnd {
  const onePass = deps.sliceSeconds === 0;
  const untilMs = args.untilMs ?? Number.POSITIVE_INFINITY;
  const atMs = Math.min(session.now + (onePass ? LONGEST_PASS_MS : lengthMs), untilMs);
  return { atMs, onePass, signal: context.signal };
}

async function runOrQuit(loop: Loop): Promise<number> {
  try {
    return await loop.run();
  } catch (error) {
    await loop.quit();
    throw error;
  }
}

/** @returns the time that jobs were in flight and nobody was told of; the log keeps none of it. */
function busyTaken(session: Session): number {
  session.countBusy();
  const { busy } = session.state;
  session.state = { ...session.state, busy: { ...busy, jobMs: 0 } };
  return busy.jobMs;
}

async function commit(session: Session): Promise<number> {
  session.countBusy();
  const records = session.finished.toSorted((a, b) => a.range - b.range || compareRecords(a.record, b.record));
  const n = await session.log.putSlice((at) => withSlice(session.state, records, at), records);
  session.scene.answers.keep(session.strandName, n, session.answers);
  return n;
}

function withSlice(state: StrandState, records: readonly SliceLine[], n: number): StrandState {
  const slices: Record<string, readonly number[]> = { ...state.slices };
  for (const range of new Set(records.map((line) => line.range))) slices[range] = [...(slices[range] ?? []), n];
  return { ...state, slices };
}

/** How a slice ended. */
interface End {
  readonly n: number;
  readonly done: boolean;
  readonly cut: boolean;
  readonly waitMs: number;
  readonly ranges: StrandRanges;
}

function resultOf(session: Session, end: End): AdvanceResult {
  const { state, holder, halt, reason, scene } = session;
  return {
    slice: end.n,
    tallies: state.tallies,
    fingerprints: travelling(state.fingerprints),
    inFlight: knownJobs(state).length,
    doubtful: ambiguousJobs(state).length,
    passed: rangesPassed(state, end.ranges, scene.lane.tasks.length),
    done: end.done,
    ...(end.cut && { cut: true as const }),
    waitMs: Math.ceil(end.waitMs),
    halt,
    reason,
    held: holder.reply?.granted.jobs ?? 0,
    waiting: holder.reply?.refused === 'waiting',
  };
}

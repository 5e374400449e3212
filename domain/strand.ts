import { NOT_BUSY } from './busy.ts';
import { isServiceFailure, type ErrorCode } from './errors.ts';
import { NONE_JUDGED, withJudged } from './failure-window.ts';
import { isAsked, onItsOwn } from './identical.ts';
import {
  NEW_TASK,
  type CallLine,
  type Intent,
  type IntentRef,
  type Job,
  type OpenTask,
  type StrandState,
  type Tallies,
  type TaskHistory,
  type TaskPlace,
  type Watch,
} from './log.ts';
import { MAX_ATTEMPTS } from './outcome.ts';
import type { Tile, TileFacts } from './tile.ts';

const UNWATCHED: Watch = { polls: 0, nextPollAtMs: 0, pendingForMs: 0, failing: null, broken: 0, silent: 0 };
const NO_TALLIES: Tallies = { ok: 0, failed: 0, skipped: 0, errors: {} };

/** @returns what a strand knows before its first slice. */
export function newStrand(firstRange: number): StrandState {
  return {
    cursor: { range: firstRange, line: 0 },
    ahead: [],
    tasks: [],
    tallies: NO_TALLIES,
    slices: {},
    recorded: {},
    fingerprints: [],
    judged: NONE_JUDGED,
    troubleSinceMs: null,
    quiet: { untilMs: 0, times: 0 },
    readable: false,
    latenciesMs: [],
    limit: null,
    busy: NOT_BUSY,
    granted: 0,
    untold: false,
  };
}

/** @returns whether both are the same tile asked the same task. */
export function samePlace(a: TaskPlace, b: TaskPlace): boolean {
  return a.line === b.line && a.range === b.range && a.task === b.task;
}

function sameIntent(a: IntentRef, b: IntentRef): boolean {
  return a.n === b.n && a.i === b.i;
}

function onTask(state: StrandState, place: TaskPlace, change: (task: OpenTask) => OpenTask): StrandState {
  const tasks = state.tasks.map((task) => (samePlace(task, place) ? change(task) : task));
  return { ...state, tasks: tasks.filter((task) => !task.ended || task.jobs.length > 0) };
}

function onJob(state: StrandState, ref: IntentRef, change: (job: Job, task: OpenTask) => OpenTask): StrandState {
  const task = state.tasks.find(({ jobs }) => jobs.some((job) => sameIntent(job, ref)));
  const job = task?.jobs.find((candidate) => sameIntent(candidate, ref));
  return task === undefined || job === undefined ? state : onTask(state, task, () => change(job, task));
}

function withJob(task: OpenTask, changed: Job): OpenTask {
  return { ...task, jobs: task.jobs.map((job) => (sameIntent(job, changed) ? changed : job)) };
}

function withoutJob(task: OpenTask, ref: IntentRef): OpenTask {
  return { ...task, jobs: task.jobs.filter((job) => !sameIntent(job, ref)) };
}

/** A tile asked one task for the first time. */
export interface NewTask extends TaskPlace {
  readonly tile: Tile;
  readonly facts: TileFacts;
}

/** @returns the state in which a task has begun: owed at once, or waiting for another that asks the same. */
export function begun(state: StrandState, task: NewTask, now: number): StrandState {
  const fresh = { ...task, history: NEW_TASK, jobs: [], ended: false, replaces: null };
  const open: OpenTask = isAsked(state, task) ? { ...fresh, owedAtMs: null, follows: true } : { ...fresh, owedAtMs: now };
  return { ...state, tasks: [...state.tasks, open] };
}

/** When the put of an intents object began and when its jobs are no longer charged, wall clock ms. */
export interface IntentsTimes {
  readonly n: number;
  readonly beganAtMs: number;
  readonly deadlineAtMs: number;
}

/** What is known of earlier submits now is newer than what the writer of an intent knew of them. */
function historyWith({ history, jobs }: OpenTask, intent: Intent): TaskHistory {
  const isReplaced = (job: Job): boolean => intent.replaces !== null && sameIntent(job, intent.replaces);
  const replaced = jobs.filter(isReplaced);
  const unjudged = jobs.filter((job) => !isReplaced(job) && job.callId === null && job.doubted !== true);
  const cleared = replaced.filter(({ doubted: judged }) => judged === true);
  const { digests } = intent.history;
  return {
    ...intent.history,
    digests: [...digests, ...history.digests.filter((digest) => !digests.includes(digest))],
    attempts: history.attempts - replaced.length + 1,
    ambiguous: Math.max(0, history.ambiguous + unjudged.length - cleared.length),
  };
}

/** @returns the state with an intent's submit under way: neither a job nor none, until its call is known. */
export function intended(state: StrandState, intent: Intent, times: IntentsTimes): StrandState {
  const job: Job = { ...times, i: intent.i, callId: null, acceptedAtMs: null, watch: UNWATCHED };
  const { range, line, task, tile, facts, history } = intent;
  const known = state.tasks.find((open) => samePlace(open, intent));
  const before = known ?? { range, line, task, tile, facts, history, jobs: [], ended: false, owedAtMs: null, replaces: null };
  const others = before.jobs.filter((other) => intent.replaces === null || !sameIntent(other, intent.replaces));
  // A task goes out beside a submit only when that is in doubt, and the intent's history says so.
  const jobs = others.map((other): Job => (other.callId === null ? { ...other, doubted: true } : other));
  const learnt = known === undefined ? history : historyWith(known, intent);
  const { collected: _collected, ...again } = onItsOwn(before);
  const next: OpenTask = { ...again, facts, history: learnt, jobs: [...jobs, job], owedAtMs: null, replaces: null };
  return known === undefined ? { ...state, tasks: [...state.tasks, next] } : onTask(state, intent, () => next);
}

/** @returns the state with a job known to run, whoever submitted it. */
export function accepted(
  state: StrandState,
  ref: IntentRef,
  call: { callId: string; atMs: number; pollAtMs: number },
): StrandState {
  return onJob(state, ref, (job, task) => {
    const watch = { ...job.watch, nextPollAtMs: call.pollAtMs };
    return { ...withJob(task, { ...job, callId: call.callId, acceptedAtMs: call.atMs, watch }), owedAtMs: null };
  });
}

/** @returns the state without a job, its task owed again from `owedAtMs` (null: another job of it is awaited). */
export function asked(
  state: StrandState,
  ref: IntentRef,
  again: { history: TaskHistory; owedAtMs: number | null; unsent?: boolean; collected?: string },
): StrandState {
  return onJob(state, ref, (job, task) => {
    const rest = withoutJob(task, job);
    const awaited = rest.jobs.some((other) => other.callId !== null);
    const replaces = again.unsent === true ? { n: ref.n, i: ref.i } : task.replaces;
    const collected = again.collected === undefined ? {} : { collected: again.collected };
    return { ...rest, ...collected, history: again.history, owedAtMs: awaited || task.ended ? null : again.owedAtMs, replaces };
  });
}

/** @returns the history with the attempt at hand taken back: it was no attempt. */
export function uncounted(history: TaskHistory): TaskHistory {
  return { ...history, attempts: Math.max(0, history.attempts - 1) };
}

/** @returns the state with a submit judged ambiguous: charged until its deadline, and its task owed beside that. */
export function doubted(state: StrandState, ref: IntentRef, now: number): StrandState {
  return onJob(state, ref, (job, task) => {
    if (job.doubted === true) return task;
    const history = { ...task.history, ambiguous: task.history.ambiguous + 1 };
    const awaited = withoutJob(task, job).jobs.some((other) => other.callId !== null);
    const mayGo = !task.ended && !awaited && history.ambiguous < 2 && history.attempts < MAX_ATTEMPTS;
    return { ...withJob(task, { ...job, doubted: true }), history, owedAtMs: mayGo ? now : null };
  });
}

/** @returns the state with a submit in doubt that is past its deadline and was named nowhere: a late word may still come. */
export function lapsed(state: StrandState, ref: IntentRef): StrandState {
  return onJob(state, ref, (job, task) => withJob(task, { ...job, lapsed: true }));
}

/** @returns the state with a job dropped that nobody waits for any more. */
export function dropped(state: StrandState, ref: IntentRef): StrandState {
  return onJob(state, ref, (job, task) => withoutJob(task, job));
}

/** @returns the state with a job's watch brought up to date. */
export function watched(state: StrandState, ref: IntentRef, watch: Watch): StrandState {
  return onJob(state, ref, (job, task) => withJob(task, { ...job, watch }));
}

/** How a task ended; `code` is null where there is an answer. */
export interface Ending extends TaskPlace {
  readonly code: ErrorCode | null;
  /** It was not asked: what came of the same request for another tile is its record, too. */
  readonly shared?: boolean;
}

function counted(tallies: Tallies, code: ErrorCode | null): Tallies {
  if (code === null) return { ...tallies, ok: tallies.ok + 1 };
  const errors = { ...tallies.errors, [code]: (tallies.errors[code] ?? 0) + 1 };
  if (code === 'empty_tile') return { ...tallies, skipped: tallies.skipped + 1, errors };
  // A cancelled task is unfinished, not failed (contract section 3).
  return code === 'cancelled' ? { ...tallies, errors } : { ...tallies, failed: tallies.failed + 1, errors };
}

/** @returns the state with a task ended; jobs of it that still run stay charged. */
export function ended(state: StrandState, ending: Ending): StrandState {
  const { judged, recorded } = state;
  const failed = ending.code !== null && isServiceFailure(ending.code);
  const next = onTask(state, ending, (task) => ({ ...task, ended: true, owedAtMs: null }));
  return {
    ...next,
    tallies: counted(state.tallies, ending.code),
    judged: ending.shared === true ? judged : withJudged(judged, failed),
    recorded: { ...recorded, [ending.range]: (recorded[ending.range] ?? 0) + 1 },
  };
}

/** Where a call found in a calls object belongs, and when to ask for it. */
export interface FoundCall {
  readonly ref: IntentRef;
  readonly line: CallLine;
  readonly now: number;
}

/** @returns the state with what a calls object says of an intent. Saying it twice changes nothing. */
export function settled(state: StrandState, { ref, line, now }: FoundCall): StrandState {
  const task = state.tasks.find(({ jobs }) => jobs.some((job) => sameIntent(job, ref) && job.callId === null));
  const job = task?.jobs.find((candidate) => sameIntent(candidate, ref));
  if (task === undefined || job === undefined) return state;
  const cleared = job.doubted === true ? 1 : 0;
  const judgedBefore = { ...task.history, ambiguous: Math.max(0, task.history.ambiguous - cleared) };
  if (line.outcome === 'accepted') {
    const known = onTask(state, task, (open) => ({ ...open, history: judgedBefore }));
    return accepted(known, ref, { callId: line.call_id, atMs: line.at_ms, pollAtMs: now });
  }
  if (line.outcome === 'not_sent') return asked(state, ref, { history: uncounted(judgedBefore), owedAtMs: now, unsent: true });
  const digests = line.digest === null ? judgedBefore.digests : [...judgedBefore.digests, line.digest];
  const history = { ...judgedBefore, digests };
  return asked(state, ref, { history: line.counted ? history : uncounted(history), owedAtMs: now });
}

function jobsOf(state: StrandState): Job[] {
  return state.tasks.filter(({ jobs }) => jobs.length > 0).flatMap(({ jobs }) => jobs);
}

/** @returns jobs of which nobody knows whether they run. */
export function ambiguousJobs(state: StrandState): Job[] {
  return jobsOf(state).filter(({ callId }) => callId === null);
}

/** @returns jobs that run and are polled. */
export function knownJobs(state: StrandState): Job[] {
  return jobsOf(state).filter(({ callId }) => callId !== null);
}

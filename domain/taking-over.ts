import type { HarvestedJob } from './harvest.ts';
import { ERRORS, type ErrorCode } from './errors.ts';
import { onItsOwn } from './identical.ts';
import { NEW_TASK, type Job, type OpenTask, type StrandState, type Tallies } from './log.ts';
import { asked, samePlace } from './strand.ts';

/** How a strand takes over what closed runs left, at its first slice. */

/** No object of a log has this number: what is taken over has no intent there. */
const NO_OBJECT = 0;

/** @returns a job of a closed run; it is asked for at once. */
function jobOf(job: HarvestedJob, i: number, now: number): Job {
  const { callId, beganAtMs, acceptedAtMs, deadlineAtMs, runId, holder } = job;
  const watch = { polls: 0, nextPollAtMs: now, pendingForMs: 0, failing: null, broken: 0, silent: 0 };
  return { n: NO_OBJECT, i, callId, beganAtMs, acceptedAtMs, deadlineAtMs, of: { runId, holder }, watch };
}

function withJob(tasks: readonly OpenTask[], from: HarvestedJob, job: Job): OpenTask[] {
  const known = tasks.find((task) => samePlace(task, from));
  // An attempt that did not come to the end of its slice had taken it over before.
  if (known !== undefined) {
    const open: OpenTask = { ...onItsOwn(known), jobs: [...known.jobs, job], owedAtMs: null };
    return tasks.map((task) => (task === known ? open : task));
  }
  const { range, line, task, tile, facts, attempts } = from;
  const history = { ...NEW_TASK, attempts };
  return [...tasks, { range, line, task, tile, facts, history, jobs: [job], ended: false, owedAtMs: null, replaces: null }];
}

/** What is taken over for one strand. */
export interface Takings {
  readonly jobs: readonly HarvestedJob[];
  /** Records by range. */
  readonly records: ReadonlyMap<number, number>;
  /** Of all these, those without an answer. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
}

function withRecords(tallies: Tallies, { records, errors }: Takings): Tallies {
  const taken = [...records.values()].reduce((sum, count) => sum + count, 0);
  const next = Object.entries(errors).reduce((sum, [code, count]) => withErrors(sum, code as ErrorCode, count), tallies);
  const without = Object.values(errors).reduce((sum, count) => sum + count, 0);
  return { ...next, ok: next.ok + taken - without };
}

function withErrors(tallies: Tallies, code: ErrorCode, count: number): Tallies {
  const errors = { ...tallies.errors, [code]: (tallies.errors[code] ?? 0) + count };
  const heading = ERRORS[code].class === 'skipped' ? 'skipped' : 'failed';
  return { ...tallies, errors, [heading]: tallies[heading] + count };
}

/** @returns the state of a strand that knows of what closed runs left; taking it over twice is once. */
export function withTakings(state: StrandState, takings: Takings, now: number): StrandState {
  const { jobs, records } = takings;
  if (state.harvested === true) return state;
  const tasks = jobs.reduce<readonly OpenTask[]>((all, job, i) => withJob(all, job, jobOf(job, i, now)), state.tasks);
  const recorded: Record<string, number> = { ...state.recorded };
  for (const [range, count] of records) recorded[range] = (recorded[range] ?? 0) + count;
  return { ...state, tasks, recorded, tallies: withRecords(state.tallies, takings), harvested: true };
}

/** @returns the state without a job of a closed run that has no answer: its task is asked as if nobody ever had. */
export function givenUp(state: StrandState, job: Job, now: number): StrandState {
  const task = state.tasks.find(({ jobs }) => jobs.some(({ n, i }) => n === job.n && i === job.i));
  if (task === undefined) return state;
  const own = task.jobs.some(({ of }) => of === undefined);
  const owedAtMs = own && task.history.ambiguous > 1 ? null : now;
  return asked(state, job, { history: own ? task.history : NEW_TASK, owedAtMs });
}

/** @returns jobs of closed runs that may still bring an answer. */
export function takenJobs(state: StrandState): Job[] {
  return state.tasks.flatMap(({ jobs }) => jobs.filter(({ of }) => of !== undefined));
}

/** @returns jobs that this strand has submitted itself: those that hold places of its lease. */
export function ownJobs(jobs: readonly Job[]): Job[] {
  return jobs.filter(({ of }) => of === undefined);
}

/** @returns whether a job taken over has not been asked for yet: until then nothing new goes out. */
export function hasUnheard(state: StrandState): boolean {
  return takenJobs(state).some(({ watch }) => watch.polls === 0);
}

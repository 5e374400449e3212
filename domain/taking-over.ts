import type { HarvestedJob } from './harvest.ts';
import { NEW_TASK, type Job, type OpenTask, type StrandState } from './log.ts';
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
    const open: OpenTask = { ...known, jobs: [...known.jobs, job], owedAtMs: null };
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
}

/** @returns the state of a strand that knows of what closed runs left; taking it over twice is once. */
export function withTakings(state: StrandState, { jobs, records }: Takings, now: number): StrandState {
  if (state.harvested === true) return state;
  const tasks = jobs.reduce<readonly OpenTask[]>((all, job, i) => withJob(all, job, jobOf(job, i, now)), state.tasks);
  const recorded: Record<string, number> = { ...state.recorded };
  for (const [range, count] of records) recorded[range] = (recorded[range] ?? 0) + count;
  const ok = [...records.values()].reduce((sum, count) => sum + count, state.tallies.ok);
  return { ...state, tasks, recorded, tallies: { ...state.tallies, ok }, harvested: true };
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

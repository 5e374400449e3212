import { MAX_ATTEMPTS } from '../../domain/outcome.ts';
import type { Job, OpenTask } from '../../domain/log.ts';
import { asked, dropped, knownJobs, lapsed } from '../../domain/strand.ts';
import { failedWith, taskOf } from './ending.ts';
import type { KnownJob, Polls } from './poll.ts';
import { rereadCalls } from './refill.ts';
import { refName, type Session } from './session.ts';

/** Polls in a row that said nothing of a job, after which its deadline alone decides. */
const MAX_SILENT = 3;

/** It was not finished even after its deadline. What was found late, or waited for a worker, may long be done. */
function over({ acceptedAtMs, beganAtMs, deadlineAtMs, watch }: Job): boolean {
  const seenUntilMs = (acceptedAtMs ?? beganAtMs) + watch.pendingForMs;
  return (watch.polls > 0 && seenUntilMs >= deadlineAtMs) || watch.silent >= MAX_SILENT;
}

/** Jobs past their deadline: charged no longer, and either asked once more or given up. */
export class Overdue {
  readonly #session: Session;
  readonly #polls: Polls;
  readonly #looking = new Set<string>();

  constructor(session: Session, polls: Polls) {
    this.#session = session;
    this.#polls = polls;
  }

  check(): void {
    const { now } = this.#session;
    const late = (job: Job): boolean => job.deadlineAtMs <= now;
    for (const job of knownJobs(this.#session.state).filter((one) => late(one) && over(one))) this.#polls.giveUp(job as KnownJob);
    for (const job of this.#session.doubts().filter((one) => late(one) && this.#matters(one))) this.#look(job);
  }

  /** @returns the next deadline, ms. */
  next(): number {
    const { state, now } = this.#session;
    const known = knownJobs(state).filter((job) => job.deadlineAtMs > now || over(job));
    const doubts = this.#session.doubts().filter((job) => this.#matters(job));
    return Math.min(Number.POSITIVE_INFINITY, ...[...known, ...doubts].map((job) => job.deadlineAtMs));
  }

  /** One that has lapsed is looked at again when the last of its task lapses, and dropped once its task has a record. */
  #matters(job: Job): boolean {
    return job.lapsed !== true || taskOf(this.#session, job)?.ended === true;
  }

  /** A doubtful submit is over only when its calls, read again, do not name it, nor those of its task that lapsed before it. */
  #look(job: Job): void {
    const name = refName(job);
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    this.#session.begin(async () => {
      const doubts = taskOf(this.#session, job)?.jobs.filter(({ callId }) => callId === null) ?? [];
      await rereadCalls(
        this.#session,
        doubts.map(({ n }) => n),
      );
      this.#looking.delete(name);
      this.#settle(job);
    });
  }

  #settle(job: Job): void {
    const session = this.#session;
    const task = taskOf(session, job);
    const still = task?.jobs.find(({ n, i }) => n === job.n && i === job.i);
    if (task === undefined || still === undefined || still.callId !== null) return;
    const awaited = task.owedAtMs !== null || task.jobs.some((other) => other !== still && other.lapsed !== true);
    if (task.ended) session.state = dropped(session.state, job);
    else if (awaited) session.state = lapsed(session.state, job);
    else this.#decide(job, task);
  }

  /** Nothing of the task runs any more, as far as anybody knows. */
  #decide(job: Job, task: OpenTask): void {
    const session = this.#session;
    const spent = task.history.ambiguous >= 2 || task.history.attempts >= MAX_ATTEMPTS;
    if (!spent) {
      session.state = asked(session.state, job, { history: task.history, owedAtMs: session.now });
      return;
    }
    for (const gone of task.jobs) session.state = dropped(session.state, gone);
    const message = 'Submits ended without an answer, and no job of theirs was found before their deadlines.';
    failedWith(session, task, { code: 'lost', message, callId: null });
  }
}

import { nextPollAfterMs } from '../../domain/latency.ts';
import type { Job, OpenTask } from '../../domain/log.ts';
import { afterPoll, onceMore, type PollDecision } from '../../domain/outcome.ts';
import { asked, dropped, watched } from '../../domain/strand.ts';
import { givenUp } from '../../domain/taking-over.ts';
import { answered, failedWith, taskOf } from './ending.ts';
import { noteLoad } from './load.ts';
import { refName, type Session } from './session.ts';
import { noteService } from './trouble.ts';

/** A job that can be asked for. */
export type KnownJob = Job & { callId: string };

function known(job: Job): job is KnownJob {
  return job.callId !== null;
}

/** Jobs being asked for, so that none is asked for twice at once. */
export class Polls {
  readonly #session: Session;
  readonly #asking = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** @returns jobs that may be asked for, soonest first. */
  waiting(): KnownJob[] {
    const jobs = this.#session.state.tasks.flatMap(({ jobs: all }) => all.filter(known));
    const idle = jobs.filter((job) => !this.#asking.has(refName(job)));
    return idle.toSorted((a, b) => a.watch.nextPollAtMs - b.watch.nextPollAtMs);
  }

  /** Asks for one job and takes in what was said. */
  async ask(job: KnownJob): Promise<void> {
    const { scene } = this.#session;
    this.#asking.add(refName(job));
    this.#session.httpInUse += 1;
    const startedAtMs = this.#session.now;
    scene.reached('poll');
    const reply = await scene.client.poll(job.callId);
    scene.reached('polled');
    this.#session.httpInUse -= 1;
    this.#asking.delete(refName(job));
    noteLoad(this.#session, reply, startedAtMs);
    const task = taskOf(this.#session, job);
    if (task === undefined) return;
    const at = { baseUrl: scene.service.baseUrl, now: this.#session.now, roll: scene.clock.roll() };
    const decision = afterPoll(reply, { history: task.history, watch: job.watch }, at);
    const trouble = decision.do === 'look' && decision.trouble;
    noteService(this.#session, { trouble, silent: reply.means === 'transport', said: reply.said });
    this.#apply(task, job, decision);
  }

  /** The job is past its deadline: it is charged no longer, and its task is asked once more. */
  giveUp(job: KnownJob): void {
    const task = taskOf(this.#session, job);
    if (task === undefined) return;
    const said = `no result before its deadline (${new Date(job.deadlineAtMs).toISOString()})`;
    this.#apply(task, job, onceMore(task.history, 'timeout', said));
  }

  #apply(task: OpenTask, job: KnownJob, decision: PollDecision): void {
    const session = this.#session;
    switch (decision.do) {
      case 'record':
        return answered(session, job, decision.answer);
      case 'look':
        return this.#lookAgain(job, decision);
      case 'again':
        if (job.of !== undefined) return this.#giveBack(job);
        return this.#askAgain(job, decision);
      case 'fail':
        if (job.of !== undefined) return this.#giveBack(job);
        session.state = dropped(session.state, job);
        return failedWith(session, task, { ...decision, callId: job.callId });
      default:
        // Whoever may not ask for results must not ask again, whatever halted the lane first.
        if (session.halt?.blind !== true) session.halt = decision.halt;
    }
  }

  /** A run that is cancelled meanwhile names the job: it was in flight when it was told to end. */
  #askAgain(job: KnownJob, { history, afterMs }: Extract<PollDecision, { do: 'again' }>): void {
    const session = this.#session;
    const collected = session.scene.mode === 'work' ? {} : { collected: job.callId };
    session.state = asked(session.state, job, { history, owedAtMs: session.now + afterMs, ...collected });
  }

  /** What a closed run asked in vain is asked as for the first time. */
  #giveBack(job: KnownJob): void {
    this.#session.state = givenUp(this.#session.state, job, this.#session.now);
  }

  #lookAgain(job: KnownJob, { watch, afterMs }: Extract<PollDecision, { do: 'look' }>): void {
    const session = this.#session;
    const ageMs = session.now - (job.acceptedAtMs ?? job.beganAtMs);
    const nextMs = afterMs ?? nextPollAfterMs(session.state.latenciesMs, ageMs, session.scene.clock.roll());
    const pendingForMs = afterMs === null ? ageMs : watch.pendingForMs;
    session.state = watched(session.state, job, {
      ...watch,
      polls: watch.polls + 1,
      nextPollAtMs: session.now + nextMs,
      pendingForMs,
    });
  }
}

import type { Calls } from './calls.ts';
import type { Polls, KnownJob } from './poll.ts';
import type { Session } from './session.ts';
import { departure, submit, unsent, type Send } from './submit.ts';

/** Shares the HTTP places between submits that wait and polls that are due, turn by turn. */
export class Dispatch {
  readonly #session: Session;
  readonly #calls: Calls;
  readonly #polls: Polls;
  #sends: Send[] = [];
  #pollsTurn = false;

  constructor(session: Session, calls: Calls, polls: Polls) {
    this.#session = session;
    this.#calls = calls;
    this.#polls = polls;
  }

  get empty(): boolean {
    return this.#sends.length === 0;
  }

  /** Queues the submits of intents object n. */
  queue(n: number, sends: readonly Send[]): void {
    this.#calls.expect(n, sends.length);
    this.#sends.push(...sends);
  }

  /** Starts what has a place now. */
  run(): void {
    this.#dropStale();
    while (this.#session.freeHttp > 0) {
      const send = this.#sends.find((waiting) => departure(this.#session, waiting) === 'now');
      const poll = this.#duePoll();
      if (send === undefined && poll === undefined) return;
      if (send !== undefined && (poll === undefined || !this.#pollsTurn)) this.#send(send);
      else if (poll !== undefined) this.#poll(poll);
    }
  }

  #duePoll(): KnownJob | undefined {
    const { halt, stop, now, pollsUntilMs } = this.#session;
    if (halt?.blind === true || stop === 'now') return undefined;
    const [first] = this.#polls.waiting();
    return first !== undefined && first.watch.nextPollAtMs <= Math.min(now, pollsUntilMs) ? first : undefined;
  }

  #send(send: Send): void {
    this.#pollsTurn = true;
    this.#sends = this.#sends.filter((other) => other !== send);
    this.#session.begin(() => submit(this.#session, this.#calls, send));
  }

  #poll(job: KnownJob): void {
    this.#pollsTurn = false;
    this.#session.begin(() => this.#polls.ask(job));
  }

  #dropStale(): void {
    const stale = this.#sends.filter((send) => departure(this.#session, send) === 'never');
    this.#sends = this.#sends.filter((send) => !stale.includes(send));
    for (const send of stale) unsent(this.#session, this.#calls, send);
  }
}

import type { StrandRanges } from '../../domain/cursor.ts';
import { withAskers } from '../../domain/identical.ts';
import { knownJobs } from '../../domain/strand.ts';
import { IDLE_LEAVE_MS } from '../../domain/pace.ts';
import { Calls } from './calls.ts';
import { Dispatch } from './dispatch.ts';
import { Overdue } from './overdue.ts';
import { Polls } from './poll.ts';
import { Refill } from './refill.ts';
import type { Reporting } from './reporting.ts';
import type { Session } from './session.ts';
import { Denials, drawTiles, stockUp } from './stock.ts';

/** A freed place is looked at again after this long at the latest. */
const REFILL_LOOK_MS = 2_000;
const LONGEST_REST_MS = 1_000;
/** Between two looks at a place that is free and cannot be used yet. */
const SOON_MS = 100;

/** When a slice ends: wall clock ms, and whether it is a single pass. */
export interface SliceEnd {
  readonly atMs: number;
  readonly onePass: boolean;
  readonly signal: AbortSignal;
}

interface LoopParts {
  readonly ranges: StrandRanges;
  readonly end: SliceEnd;
  readonly reporting: Reporting;
  /** Live tallies, for people: throttled, and lost on a kill. */
  readonly beat: (details: unknown) => void;
}

/** One slice's loop: what is due is begun, then it rests until something ends or the next moment comes. */
export class Loop {
  readonly #session: Session;
  readonly #ranges: StrandRanges;
  readonly #end: SliceEnd;
  readonly #beganAtMs: number;
  readonly reporting: Reporting;
  readonly #denials = new Denials();
  readonly #polls: Polls;
  readonly #overdue: Overdue;
  readonly #dispatch: Dispatch;
  readonly #refill: Refill;
  readonly #beat: (details: unknown) => void;

  constructor(session: Session, of: LoopParts) {
    const calls = new Calls(session);
    this.#session = session;
    this.#ranges = of.ranges;
    this.#end = of.end;
    this.#beganAtMs = session.now;
    this.reporting = of.reporting;
    this.#beat = of.beat;
    this.#polls = new Polls(session);
    this.#overdue = new Overdue(session, this.#polls);
    this.#dispatch = new Dispatch(session, calls, this.#polls);
    this.#refill = new Refill(session, (n, sends) => this.#dispatch.queue(n, sends), { patient: !of.end.onePass });
    if (of.end.onePass) session.pollsUntilMs = this.#beganAtMs;
  }

  /** @returns ms until something is due again; 0 where the slice's time was over. */
  async run(): Promise<number> {
    for (;;) {
      this.#pass();
      const restMs = this.#nextMs() - this.#session.now;
      if (!this.#session.busy && this.#dispatch.empty) {
        if (this.finished) return 0;
        if (this.#end.onePass && this.#passed) return Math.max(0, restMs);
        if (this.#session.stop !== 'no') return 0;
        if (restMs > IDLE_LEAVE_MS && !this.#session.preparing) return restMs;
      }
      await this.#session.rest(Math.min(LONGEST_REST_MS, Math.max(10, restMs)));
    }
  }

  /** Starts nothing more, says of what was queued that it never left, and waits for the rest, whatever comes of it. */
  async quit(): Promise<void> {
    this.#session.stop = 'now';
    this.#dispatch.run();
    await this.#session.drain();
  }

  /** Nothing is left to ask or to wait for. */
  get finished(): boolean {
    const { state, scene } = this.#session;
    if (scene.mode !== 'work') return knownJobs(state).length === 0;
    return this.complete || (this.#session.windowOver && this.#session.awaited === 0);
  }

  /** Every task of the strand has its record. */
  get complete(): boolean {
    return this.#drained && this.#session.state.tasks.every((task) => task.ended);
  }

  /** In the strict form a slice is over once all that could begin has begun and ended. */
  get #passed(): boolean {
    const { preparing, free, stop, now } = this.#session;
    return stop !== 'no' || !preparing || free <= 0 || now - this.#beganAtMs >= IDLE_LEAVE_MS;
  }

  get #drained(): boolean {
    return this.#session.supply.exhausted && this.#session.supply.coming === 0 && this.#denials.held.length === 0;
  }

  #pass(): void {
    const session = this.#session;
    session.stop = this.#stopNow();
    if (session.stop !== 'no') session.pollsUntilMs = Math.min(session.pollsUntilMs, session.now);
    session.countBusy();
    this.reporting.consider();
    session.state = withAskers(session.state, session.now);
    stockUp(session);
    drawTiles(session, this.#denials, this.#ranges);
    this.#overdue.check();
    this.#refill.consider();
    this.#dispatch.run();
    const { tallies } = session.state;
    this.#beat({
      lane: session.scene.lane.service,
      strand: session.scene.strand,
      ...tallies,
      in_flight: knownJobs(session.state).length,
    });
  }

  #stopNow(): Session['stop'] {
    const { stop, halt, now } = this.#session;
    if (stop === 'now' || this.#end.signal.aborted) return 'now';
    return halt !== null || now >= this.#end.atMs ? 'drain' : stop;
  }

  #nextMs(): number {
    const { now, halt } = this.#session;
    const [first] = halt?.blind === true ? [] : this.#polls.waiting();
    const windowMs = this.#session.lastSubmitMs ?? undefined;
    const soonest = [first?.watch.nextPollAtMs, this.#overdue.next(), this.reporting.dueAtMs(), this.#nextSubmitMs()];
    const moments = [...soonest, windowMs !== undefined && windowMs > now ? windowMs : undefined];
    const next = Math.min(Number.POSITIVE_INFINITY, ...moments.filter((at) => at !== undefined));
    return Number.isFinite(next) ? next : now + IDLE_LEAVE_MS * 2;
  }

  /** When a place that is free could be used; one that is not frees itself by a poll, a deadline or a report. */
  #nextSubmitMs(): number | undefined {
    const { state, now, free, freeSinceMs, scene } = this.#session;
    const owed = state.tasks.filter((task) => !task.ended).flatMap(({ owedAtMs }) => owedAtMs ?? []);
    if (scene.mode !== 'work' || owed.length === 0 || free <= 0) return undefined;
    return Math.max(state.quiet.untilMs, Math.min(...owed), (freeSinceMs ?? now) + REFILL_LOOK_MS, now + SOON_MS);
  }
}

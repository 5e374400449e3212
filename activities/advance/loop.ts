import type { StrandRanges } from '../../domain/cursor.ts';
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

/** When a slice ends: wall clock ms, and whether it is a single pass. */
export interface SliceEnd {
  readonly atMs: number;
  /** The same while somebody else waits for a place. */
  readonly contendedAtMs: number;
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
  readonly reporting: Reporting;
  readonly #denials = new Denials();
  readonly #polls: Polls;
  readonly #overdue: Overdue;
  readonly #dispatch: Dispatch;
  readonly #refill: Refill;
  readonly #beat: (details: unknown) => void;
  readonly #beganAtMs: number;

  constructor(session: Session, of: LoopParts) {
    const calls = new Calls(session);
    this.#session = session;
    this.#beganAtMs = session.now;
    this.#ranges = of.ranges;
    this.#end = of.end;
    this.reporting = of.reporting;
    this.#beat = of.beat;
    this.#polls = new Polls(session);
    this.#overdue = new Overdue(session, this.#polls);
    this.#dispatch = new Dispatch(session, calls, this.#polls);
    this.#refill = new Refill(session, (n, sends) => this.#dispatch.queue(n, sends));
  }

  /** @returns ms until something is due again; 0 where the slice's time was over. */
  async run(): Promise<number> {
    for (;;) {
      this.#pass();
      const restMs = this.#nextMs() - this.#session.now;
      const quiet = !this.#session.busy && this.#dispatch.empty;
      if (quiet && this.#session.stop !== 'no') return this.#end.onePass ? Math.max(0, restMs) : 0;
      if (quiet && this.finished) return 0;
      if (quiet && restMs > IDLE_LEAVE_MS) return restMs;
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
    return this.#drained && state.tasks.every((task) => task.ended);
  }

  get #drained(): boolean {
    return this.#session.supply.exhausted && this.#session.supply.coming === 0 && this.#denials.held.length === 0;
  }

  #pass(): void {
    const session = this.#session;
    session.stop = this.#stopNow();
    this.reporting.consider();
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
    const { stop, halt, now, holder } = this.#session;
    if (stop === 'now' || this.#end.signal.aborted) return 'now';
    const endMs = holder.reply?.contended === true ? Math.min(this.#end.atMs, this.#end.contendedAtMs) : this.#end.atMs;
    if (halt !== null || now >= endMs) return 'drain';
    return this.#end.onePass && this.#passed() ? 'drain' : stop;
  }

  /** In the strict form a slice is over once it has reported and there is nothing more to submit at this moment. */
  #passed(): boolean {
    const { holder, free, state, now } = this.#session;
    if (holder.reporting || (holder.reply === null && holder.sinceReportMs < LONGEST_REST_MS)) return false;
    const owed = state.tasks.some((task) => !task.ended && task.owedAtMs !== null && task.owedAtMs <= now);
    const nothingLeft = this.#drained && !owed;
    return free <= 0 || nothingLeft || now < state.quiet.untilMs || now - this.#beganAtMs >= IDLE_LEAVE_MS;
  }

  #nextMs(): number {
    const { state, now, free, halt, scene } = this.#session;
    const [first] = halt?.blind === true ? [] : this.#polls.waiting();
    const owed = scene.mode === 'work' ? state.tasks.filter((task) => !task.ended).flatMap(({ owedAtMs }) => owedAtMs ?? []) : [];
    const submitAt = Math.max(
      state.quiet.untilMs,
      Math.min(Number.POSITIVE_INFINITY, ...owed),
      now + (free > 0 ? 0 : REFILL_LOOK_MS),
    );
    const canSubmit = owed.length > 0 && this.#session.holder.places.jobs > 0;
    const moments = [first?.watch.nextPollAtMs, this.#overdue.next(), this.reporting.dueAtMs(), canSubmit ? submitAt : undefined];
    const next = Math.min(Number.POSITIVE_INFINITY, ...moments.filter((at) => at !== undefined));
    return Number.isFinite(next) ? next : now + IDLE_LEAVE_MS * 2;
  }
}

import { tilesLeft, type StrandRanges } from '../../domain/cursor.ts';
import type { Places } from '../../domain/lease.ts';
import { knownJobs } from '../../domain/strand.ts';
import { SECOND_MS } from '../../domain/units.ts';
import { chargesOf, refName, type Session } from './session.ts';

const UNREACHABLE_RETRY_MS = 5 * SECOND_MS;
const DOUBT_EVERY_MS = SECOND_MS;
const RENEW_BEFORE_MS = 5 * SECOND_MS;
const GRACE_MS = 60 * SECOND_MS;
/** A report takes a moment, and a lease must not end while a strand rests. */
const MARGIN_MS = 15 * SECOND_MS;

/** When and what a strand reports to the budget. */
export class Reporting {
  readonly #session: Session;
  readonly #ranges: StrandRanges;
  readonly #ttlMs: number;
  readonly #signal: AbortSignal;
  #lastTtlMs = 0;
  #reports = 0;

  constructor(session: Session, of: { ranges: StrandRanges; ttlMs: number; signal: AbortSignal }) {
    this.#session = session;
    this.#ranges = of.ranges;
    this.#ttlMs = of.ttlMs;
    this.#signal = of.signal;
  }

  /** When the next report is due, wall clock ms. */
  dueAtMs(): number {
    const { holder, now } = this.#session;
    const sent = now - holder.sinceReportMs;
    if (this.#reports === 0) return now;
    if (holder.reporting) return Number.POSITIVE_INFINITY;
    if (holder.reply === null) return sent + UNREACHABLE_RETRY_MS;
    const untold = this.#session.doubts().some((job) => !this.#session.reported.has(refName(job)));
    const doubts = untold ? sent + DOUBT_EVERY_MS : Number.POSITIVE_INFINITY;
    const refused = holder.reply.refused === 'waiting' ? sent + holder.reply.retryAfterMs : Number.POSITIVE_INFINITY;
    const used = this.#session.used > 0 ? now + holder.trustLeftMs - RENEW_BEFORE_MS : Number.POSITIVE_INFINITY;
    return Math.min(doubts, refused, used);
  }

  /** Reports if that is due, in the background. */
  consider(): void {
    if (this.#session.stop === 'no' && this.dueAtMs() <= this.#session.now)
      this.#session.begin(() => this.#reportUnlessStopped());
  }

  /** A slice that must end does not wait for a reply: the budget's own worker may be the one that stops. */
  async #reportUnlessStopped(): Promise<void> {
    const report = this.report(this.#ttlMs);
    report.catch(() => undefined);
    await Promise.race([report, aborted(this.#signal)]);
  }

  async report(ttlMs: number, want: Places = this.#want()): Promise<void> {
    const { holder, reported } = this.#session;
    const doubts = this.#session.doubts();
    this.#reports += 1;
    this.#lastTtlMs = ttlMs;
    await holder.report({ inFlight: this.#inFlight(), ambiguous: chargesOf(doubts), want, ttlMs });
    if (holder.reply !== null) for (const job of doubts) reported.add(refName(job));
  }

  /** Before a rest that outlasts the lease it is renewed for what is in flight; who waits is kept in its turn as it is. */
  async beforeRest(waitMs: number): Promise<void> {
    const { reply, sinceReportMs } = this.#session.holder;
    const waitsMs = reply?.refused === 'waiting' ? reply.retryAfterMs + GRACE_MS : 0;
    if (waitMs + MARGIN_MS <= Math.max(this.#lastTtlMs, waitsMs) - sinceReportMs) return;
    const want = this.#want();
    const inFlight = this.#inFlight();
    await this.report(waitMs + GRACE_MS, { jobs: Math.min(want.jobs, inFlight), http: Math.min(want.http, inFlight) });
  }

  /** The strand asks for nothing more: what may still run stays charged until its deadline. */
  async release(): Promise<void> {
    const jobs = [...knownJobs(this.#session.state), ...this.#session.doubts()];
    await this.#session.holder.report({
      inFlight: 0,
      ambiguous: chargesOf(jobs),
      want: { jobs: 0, http: 0 },
      ttlMs: 0,
      release: true,
    });
  }

  #inFlight(): number {
    return knownJobs(this.#session.state).length + this.#session.submitting;
  }

  #want(): Places {
    const { scene, holder, state, halt } = this.#session;
    const { jobs: most, http } = holder.ceiling;
    const owed = state.tasks.filter((task) => !task.ended).length;
    const left = tilesLeft(state, this.#ranges) * scene.lane.tasks.length + owed;
    const jobs = scene.mode === 'work' && halt === null ? Math.min(most, left) : 0;
    return { jobs, http: jobs > 0 ? http : Math.min(http, this.#inFlight()) };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

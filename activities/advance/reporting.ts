import { tasksLeft, type StrandRanges } from '../../domain/cursor.ts';
import { withoutTold } from '../../domain/busy.ts';
import { knownMeanMs } from '../../domain/latency.ts';
import type { LeaseReply, Places } from '../../domain/lease.ts';
import { within } from '../../domain/limit.ts';
import { remainsOf } from '../../domain/remains.ts';
import { knownJobs } from '../../domain/strand.ts';
import { ownJobs, takenJobs } from '../../domain/taking-over.ts';
import { SECOND_MS } from '../../domain/units.ts';
import type { Standing } from './holder.ts';
import { chargesOf, refName, type Session } from './session.ts';

const UNREACHABLE_RETRY_MS = 5 * SECOND_MS;
const DOUBT_EVERY_MS = SECOND_MS;
const FREED_EVERY_MS = SECOND_MS;
const GIVEN_BACK_EVERY_MS = 2 * SECOND_MS;
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
  /** So many more were in use than the last reply left: the budget waits to hear that they are free. */
  #owed = 0;
  /** Jobs of closed runs that may have run at the last report. */
  #toldTaken = 0;

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
    if (holder.called) return now;
    const untold = this.#session.doubts().some((job) => !this.#session.reported.has(refName(job)));
    const doubts = untold ? sent + DOUBT_EVERY_MS : Number.POSITIVE_INFINITY;
    const used = this.#session.used + this.#taken > 0 ? now + holder.trustLeftMs - RENEW_BEFORE_MS : Number.POSITIVE_INFINITY;
    return Math.min(doubts, used, this.#moreAtMs(holder.reply, sent), this.#changeAtMs(holder.reply, sent));
  }

  /** When the budget may have more than it gave. */
  #moreAtMs({ refused, retryAfterMs, granted }: LeaseReply, sent: number): number {
    const usable = within(this.#session.state.limit, this.#want().jobs);
    const more = refused === 'waiting' || (retryAfterMs > 0 && usable > granted.jobs);
    return more ? sent + retryAfterMs : Number.POSITIVE_INFINITY;
  }

  /** When the budget must hear that places are free. */
  #changeAtMs({ granted }: LeaseReply, sent: number): number {
    const { used, now, stop } = this.#session;
    if (stop !== 'no') return Number.POSITIVE_INFINITY;
    const wanted = this.#want().jobs;
    // A strand with nothing in flight that wants nothing is about to give its lease back.
    // A place that a closed run was charged for is free as soon as the budget hears of it.
    if (this.#taken < this.#toldTaken && wanted > granted.jobs) return sent + FREED_EVERY_MS;
    const owes = Math.max(0, used - granted.jobs);
    if (owes >= this.#owed) return Number.POSITIVE_INFINITY;
    if (owes > 0) return sent + GIVEN_BACK_EVERY_MS;
    return used + wanted > 0 ? now : Number.POSITIVE_INFINITY;
  }

  /** Reports if that is due, in the background. */
  consider(): void {
    const session = this.#session;
    if (session.stop !== 'no') return;
    if (this.dueAtMs() <= session.now) session.begin(() => this.#reportUnlessStopped());
    else void this.#listen();
  }

  /** Nobody waits for it: a slice that ends is done listening. */
  async #listen(): Promise<void> {
    if (await this.#session.holder.listen()) this.#session.wake();
  }

  /** A slice that must end does not wait for a reply: the budget's own worker may be the one that stops. */
  async #reportUnlessStopped(): Promise<void> {
    const answered = new AbortController();
    const report = this.report(this.#ttlMs).finally(() => answered.abort());
    report.catch(() => undefined);
    await Promise.race([report, aborted(this.#signal, answered.signal)]);
  }

  async report(ttlMs: number): Promise<void> {
    const session = this.#session;
    session.countBusy();
    const { jobMs: busyMs } = session.state.busy;
    const reply = await this.#send({ busyMs, want: this.#want(), ttlMs });
    if (reply === null) return;
    // Of a report whose reply was lost the time is told again: rather twice than never.
    const granted = reply.granted.jobs > 0 ? reply.granted.jobs : session.state.granted;
    session.state = { ...session.state, busy: withoutTold(session.state.busy, busyMs), granted };
  }

  async #send(of: Pick<Standing, 'busyMs' | 'want' | 'ttlMs'>): Promise<LeaseReply | null> {
    const { holder, reported } = this.#session;
    const doubts = this.#session.doubts();
    this.#reports += 1;
    this.#lastTtlMs = of.ttlMs;
    this.#toldTaken = this.#taken;
    await holder.report({ ...this.#standing(), ...of, ambiguous: chargesOf(doubts) });
    const { reply } = holder;
    if (reply === null) return null;
    for (const job of doubts) reported.add(refName(job));
    this.#session.state = { ...this.#session.state, untold: false };
    this.#owed = Math.max(0, this.#session.used - reply.granted.jobs);
    return reply;
  }

  /** Before a rest that outlasts the lease it is renewed for what is in flight; who waits is kept in its turn as it is. */
  async beforeRest(waitMs: number): Promise<void> {
    const { reply, sinceReportMs } = this.#session.holder;
    const waitsMs = reply?.refused === 'waiting' ? reply.retryAfterMs + GRACE_MS : 0;
    if (waitMs + MARGIN_MS <= Math.max(this.#lastTtlMs, waitsMs) - sinceReportMs) return;
    const { jobs, http } = this.#want();
    const { inFlight, awaited } = this.#session;
    const want = { jobs: Math.min(jobs, inFlight), http: Math.min(http, awaited) };
    // The log keeps the time that was counted, for the next slice to tell.
    await this.#send({ busyMs: 0, want, ttlMs: waitMs + GRACE_MS });
  }

  /**
   * The strand asks for nothing more: what may still run stays charged until its deadline.
   *
   * @param busyMs counted and not told yet; it is no longer in the log.
   */
  async release(busyMs: number): Promise<void> {
    const jobs = [...ownJobs(knownJobs(this.#session.state)), ...this.#session.doubts()];
    const want: Places = { jobs: 0, http: 0 };
    const nothing = { inFlight: 0, oldestMs: null, busyMs, ambiguous: chargesOf(jobs), want, ttlMs: 0, release: true };
    await this.#session.holder.report({ ...this.#standing(), ...nothing });
  }

  #standing(): Pick<Standing, 'inFlight' | 'oldestMs' | 'httpInUse' | 'limit' | 'jobMs' | 'release' | 'remains'> {
    const { inFlight, oldestMs, httpInUse, state, scene, now } = this.#session;
    const remains = remainsOf(scene.formers, { taken: scene.takings.jobs, state }, now);
    const meanMs = knownMeanMs(state.latenciesMs);
    const limit = state.limit?.jobs ?? null;
    return { inFlight, oldestMs, httpInUse, limit, jobMs: meanMs === null ? null : Math.round(meanMs), release: false, remains };
  }

  /** Jobs of closed runs that it asks for. */
  get #taken(): number {
    return takenJobs(this.#session.state).length;
  }

  #want(): Places {
    const { scene, holder, state, halt, awaited } = this.#session;
    const http = holder.httpPlaces;
    const owed = state.tasks.filter((task) => !task.ended && task.follows !== true).length;
    const left = tasksLeft(state, this.#ranges, scene.lane.tasks.length) + owed;
    const jobs = scene.mode === 'work' && halt === null ? left : 0;
    // A job needs one request at a time: the last few tasks of a strand hold up no other's.
    return { jobs, http: Math.min(http, Math.max(jobs, awaited)) };
  }
}

/** @param unless forgets the wait: a slice's signal is waited for once a report. */
function aborted(signal: AbortSignal, unless: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: unless });
  });
}

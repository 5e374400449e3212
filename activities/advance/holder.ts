import { isCalled } from '../../domain/calls.ts';
import { leastCeiling } from '../../domain/ceiling.ts';
import type { Ceiling, Configured, LeaseReply, LeaseReport, Places } from '../../domain/lease.ts';
import { Failure } from '../../domain/failure.ts';
import type { Priority } from '../../domain/spec.ts';
import { elapsedMs, moment, type Moment } from './elapsed.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';

/** A lease is trusted for less time than it is held: clocks drift and replies travel. */
const TRUSTED_SHARE = 0.8;
const NOTHING: Places = { jobs: 0, http: 0 };
/** Between two looks whether the budget calls, ms. */
const LOOK_EVERY_MS = 2_000;

export interface HolderOptions {
  readonly desk: LeaseDesk;
  readonly clock: Clock;
  readonly holder: string;
  readonly service: string;
  readonly run: string;
  readonly priority: Priority;
  /** n of the takeover. */
  readonly n: number;
  /** The attempt before this one did not end its slice. */
  readonly predecessorOpen: boolean;
  readonly configured: Configured;
}

/** What a holder tells of itself. */
export type Standing = Omit<
  LeaseReport,
  'holder' | 'service' | 'run' | 'priority' | 'n' | 'seq' | 'predecessorOpen' | 'configured'
>;

/**
 * The holder's side of a lease: from sending a report until its reply nothing is granted, without a reply nothing is
 * granted, and what was granted is trusted for less time than the budget keeps it.
 */
export class Holder {
  readonly #options: HolderOptions;
  #seq = 0;
  #granted: Places = NOTHING;
  #since: Moment;
  #trustedMs = 0;
  #reporting = false;
  #reply: LeaseReply | null = null;
  #called = false;
  #lookedAt: Moment;

  constructor(options: HolderOptions) {
    this.#options = options;
    this.#since = moment(options.clock);
    this.#lookedAt = this.#since;
  }

  get reporting(): boolean {
    return this.#reporting;
  }

  /** The last reply; null before the first and after a report that had none. */
  get reply(): LeaseReply | null {
    return this.#reply;
  }

  get ceiling(): Ceiling {
    return this.#reply?.ceiling ?? leastCeiling(this.#options.configured);
  }

  /** HTTP places worth asking for: a ceiling without any is that of a service which waits for its turn. */
  get httpPlaces(): number {
    return Math.max(this.ceiling.http, this.#options.configured.figures.httpInputs);
  }

  /** What may be used at this moment. */
  get places(): Places {
    return this.#reporting || this.trustLeftMs <= 0 ? NOTHING : this.#granted;
  }

  /** ms until the lease is no longer trusted. */
  get trustLeftMs(): number {
    return this.#trustedMs - elapsedMs(this.#options.clock, this.#since);
  }

  /** ms since the last report was sent. */
  get sinceReportMs(): number {
    return elapsedMs(this.#options.clock, this.#since);
  }

  /** The budget has asked for a report since the last one. */
  get called(): boolean {
    return this.#called;
  }

  /** Looks from time to time whether the budget calls. @returns whether it does; where it cannot be reached it does not. */
  async listen(): Promise<boolean> {
    const { desk, clock, holder, n } = this.#options;
    if (this.#reporting || this.#called || elapsedMs(clock, this.#lookedAt) < LOOK_EVERY_MS) return false;
    this.#lookedAt = moment(clock);
    try {
      const calls = await desk.calls();
      this.#called = !this.#reporting && isCalled(calls, { holder, n, seq: this.#seq });
    } catch {
      // A call that is not heard costs nothing but time.
    }
    return this.#called;
  }

  /** Reports and asks. An unreachable budget is an answer too: nothing. @throws Failure StrandLost where a later attempt has reported. */
  async report(standing: Standing): Promise<void> {
    const { desk, clock, ...who } = this.#options;
    this.#seq += 1;
    this.#since = moment(clock);
    this.#reporting = true;
    this.#granted = NOTHING;
    this.#trustedMs = 0;
    this.#called = false;
    try {
      const reply = await desk.report({ ...who, seq: this.#seq, ...standing });
      this.#accept(reply, standing.ttlMs);
    } catch (error) {
      if (error instanceof Failure) throw error;
      this.#reply = null;
    } finally {
      this.#reporting = false;
    }
  }

  #accept(reply: LeaseReply, ttlMs: number): void {
    if (reply.refused === 'stale')
      throw new Failure('StrandLost', `The budget has heard of a later attempt of ${this.#options.holder}; this one stops.`);
    this.#reply = reply;
    this.#granted = reply.granted;
    this.#trustedMs = ttlMs * TRUSTED_SHARE;
  }
}

import { EMPTY_BUDGET, settle, type Budget } from '../../domain/budget.ts';
import type { Ceiling, LeaseReply, LeaseReport } from '../../domain/lease.ts';

/** Any moment, ms. */
export const START = 1_700_000_000_000;
export const ORPHAN_MS = 2_195_000;
export const REQUEST_MS = 180_000;

export const CEILING: Ceiling = {
  jobs: 16,
  http: 8,
  orphanMs: ORPHAN_MS,
  requestMs: REQUEST_MS,
  why: '16 inputs of one container',
};

/** @returns a report of a holder that wants all there is; `more` says what is different. */
export function reportOf(holder: string, more: Partial<LeaseReport> = {}): LeaseReport {
  const ceiling = more.ceiling ?? CEILING;
  return {
    holder,
    service: 'caption',
    run: holder,
    priority: 'interactive',
    n: 1,
    seq: 1,
    inFlight: 0,
    ambiguous: [],
    want: { jobs: ceiling.jobs, http: ceiling.http },
    ttlMs: 120_000,
    release: false,
    ceiling,
    ...more,
  };
}

/** A budget over time: what was asked so far, and what it answered. */
export class Desk {
  budget: Budget = EMPTY_BUDGET;
  now = START;
  readonly #seq = new Map<string, number>();

  /** Reports with the next seq of the holder, unless `more` names one. */
  ask(holder: string, more: Partial<LeaseReport> = {}): LeaseReply {
    const seq = (this.#seq.get(holder) ?? 0) + 1;
    this.#seq.set(holder, seq);
    return this.send(reportOf(holder, { seq, ...more }));
  }

  send(report: LeaseReport): LeaseReply {
    const settled = settle(this.budget, report, { now: this.now, roll: 0 });
    this.budget = settled.budget;
    return settled.reply;
  }

  pass(ms: number): void {
    this.now += ms;
  }
}

import { EMPTY_BUDGET, type Budget } from '../../domain/budget.ts';
import { ceilingFor } from '../../domain/ceiling.ts';
import type { Ceiling, Configured, LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { SERVICE_DEFAULTS, type ServiceFigures } from '../../domain/service.ts';
import { settle } from '../../domain/settle.ts';
import { idleReport } from '../support/lease-report.ts';

/** Any moment, ms. */
export const START = 1_700_000_000_000;
export const ORPHAN_MS = 2_195_000;
export const REQUEST_MS = 180_000;
export const TTL_MS = 120_000;
/** How long a container counts after its last input, with the defaults. */
export const WINDOW_MS = 330_000;

/** @returns the configuration of a worker: 16 inputs a container, and the defaults. */
export function configuredAs(figures: Partial<ServiceFigures> = {}, gpus = 1): Configured {
  const all = { ...SERVICE_DEFAULTS, inputsPerContainer: 16, ...figures };
  return { gpus, figures: all, guessed: false, longestScaledownSeconds: all.scaledownSeconds };
}

export const CONFIGURED: Configured = configuredAs();
export const CEILING: Ceiling = ceilingFor(
  CONFIGURED.figures,
  { jobs: 16, http: 8 },
  '1 x 1 GPU of 1 GPU x 16 inputs per container',
);

/** @returns a report of a holder that wants what one container has; `more` says what is different. */
export function reportOf(holder: string, more: Partial<LeaseReport> = {}): LeaseReport {
  const about = { holder, run: holder, service: 'caption', priority: 'interactive' as const, configured: CONFIGURED };
  return idleReport({ ...about, want: { jobs: 16, http: 8 }, ttlMs: TTL_MS, ...more });
}

/** A budget over time: what was asked so far, and what it answered. */
export class Desk {
  budget: Budget = EMPTY_BUDGET;
  now = START;
  readonly #seq = new Map<string, number>();
  readonly #always: Partial<LeaseReport>;

  /** @param always what all reports say unless they say otherwise. */
  constructor(always: Partial<LeaseReport> = {}) {
    this.#always = always;
  }

  /** Reports with the next seq of the holder, unless `more` names one. */
  ask(holder: string, more: Partial<LeaseReport> = {}): LeaseReply {
    const seq = (this.#seq.get(holder) ?? 0) + 1;
    this.#seq.set(holder, seq);
    return this.send(reportOf(holder, { ...this.#always, seq, ...more }));
  }

  /** Goes, and leaves nothing but what `more` says. */
  leave(holder: string, more: Partial<LeaseReport> = {}): LeaseReply {
    return this.ask(holder, { want: { jobs: 0, http: 0 }, release: true, ...more });
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

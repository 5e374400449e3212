import type { Ceiling, Charge, LeaseReport, Places } from './lease.ts';

/** A holder as the budget knows it: what it last said, and what it was granted. Times are ms. */
export interface Holder extends Pick<
  LeaseReport,
  'service' | 'run' | 'priority' | 'n' | 'seq' | 'inFlight' | 'httpInUse' | 'ambiguous' | 'want' | 'limit' | 'jobMs'
> {
  readonly granted: Places;
  /** When the oldest of the jobs in flight began, by the budget's own clock; null where there is none. */
  readonly oldestAtMs: number | null;
  readonly reportedAtMs: number;
  /** When it is expected to report again. */
  readonly reportsAtMs: number;
  readonly expiresAtMs: number;
  readonly sinceMs: number;
  readonly waitingSinceMs: number | null;
  /** Since when it has had no more than one place and wanted more; null while it has more. */
  readonly shortSinceMs?: number | null;
  /** Jobs of its own, or of closed runs, are in flight. */
  readonly collects?: boolean;
  /** It is to report before its slice ends: since there is more for it, or since others are due what it has. */
  readonly call?: Call | null;
  /** Which of the budget's configurations its worker has. */
  readonly configured: string;
  /** The longest deadlines it was ever told: its jobs and requests may go by them. */
  readonly told: Pick<Ceiling, 'orphanMs' | 'requestMs'>;
}

/** From when on a holder is asked to report, ms, and whether for the sake of others. */
export interface Call {
  readonly atMs: number;
  readonly gives: boolean;
}

export const LOST_REQUESTS = 'requests of an attempt that was lost';

/** Places that nobody answers for any more. */
export interface Orphan {
  readonly holder: string;
  readonly service: string;
  readonly jobs: readonly Charge[];
  readonly http: readonly Charge[];
  /** From when on nobody submits for it any more. */
  readonly sinceMs: number;
  readonly reason: 'lease expired' | 'lease given back' | typeof LOST_REQUESTS;
}

/** Deadlines told apart for one holder; more are drawn together under the latest of neighbours. */
const MOST_CHARGES = 8;

/** @returns places that are still charged at a moment. */
export function charged(charges: readonly Charge[], now: number): number {
  return charges.reduce((sum, { places, untilMs }) => (untilMs > now ? sum + places : sum), 0);
}

/** @returns places of jobs that a holder is charged for: what it may use or uses, and what may run unseen. */
export function chargeOf(holder: Pick<Holder, 'granted' | 'inFlight' | 'ambiguous'>, now: number): number {
  return Math.max(holder.granted.jobs, holder.inFlight) + charged(holder.ambiguous, now);
}

/** @returns HTTP places that a holder is charged for. */
export function httpChargeOf({ granted, httpInUse }: Pick<Holder, 'granted' | 'httpInUse'>): number {
  return Math.max(granted.http, httpInUse);
}

/** @returns charges of the same sum, few of them, none of them ending earlier. */
export function gathered(charges: readonly Charge[]): Charge[] {
  let sorted = charges.filter(({ places }) => places > 0).toSorted((a, b) => a.untilMs - b.untilMs);
  while (sorted.length > MOST_CHARGES) {
    const gaps = sorted.slice(1).map(({ untilMs }, at) => untilMs - (sorted[at]?.untilMs ?? 0));
    const closest = gaps.indexOf(Math.min(...gaps));
    sorted = sorted.flatMap((charge, at) => {
      if (at === closest) return [];
      return at === closest + 1 ? [{ ...charge, places: charge.places + (sorted[closest]?.places ?? 0) }] : [charge];
    });
  }
  return sorted;
}

/** @returns what stays charged of a holder whose lease has ended without a word. */
export function expired(name: string, holder: Holder): Orphan {
  const { service, told, expiresAtMs, ambiguous } = holder;
  const jobs = { places: Math.max(holder.granted.jobs, holder.inFlight), untilMs: expiresAtMs + told.orphanMs };
  const http = { places: httpChargeOf(holder), untilMs: expiresAtMs + told.requestMs };
  return {
    holder: name,
    service,
    jobs: gathered([...ambiguous, jobs]),
    http: [http],
    sinceMs: expiresAtMs,
    reason: 'lease expired',
  };
}

/** @returns what stays charged of a holder that goes: its submits without an answer, and jobs that nobody collects. */
export function departed({ holder, service, ambiguous }: LeaseReport, now: number): Orphan {
  return {
    holder,
    service,
    jobs: gathered(ambiguous.filter(({ untilMs }) => untilMs > now)),
    http: [],
    sinceMs: now,
    reason: 'lease given back',
  };
}

/**
 * @returns requests of an attempt that may still be open although its successor has the lease: one that does not know of
 * its successor begins new ones as long as it trusts its own.
 */
export function lostRequests(name: string, holder: Holder): Orphan {
  const { service, told, expiresAtMs: sinceMs } = holder;
  const http = [{ places: httpChargeOf(holder), untilMs: sinceMs + told.requestMs }];
  return { holder: name, service, jobs: [], http, sinceMs, reason: LOST_REQUESTS };
}

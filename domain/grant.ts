import { charged, chargeOf, httpChargeOf, type Holder } from './budget-holder.ts';
import type { Budget } from './budget.ts';
import type { Ceiling, LeaseReport, Places } from './lease.ts';
import { claimsInTurn, type Claimant } from './queue.ts';
import { fairShares } from './shares.ts';
import { clamp, sum } from './units.ts';

/** The places of one service as one holder finds them. */
export interface Pool {
  readonly ceiling: Ceiling;
  readonly others: readonly (readonly [string, Holder])[];
  readonly orphanJobs: number;
  readonly orphanHttp: number;
}

/** @returns the places of a service beside one holder. */
export function poolFor(
  budget: Budget,
  from: Pick<LeaseReport, 'holder' | 'service'>,
  of: { ceiling: Ceiling; now: number },
): Pool {
  const { ceiling, now } = of;
  const others = Object.entries(budget.holders).filter(([name, one]) => name !== from.holder && one.service === from.service);
  const orphans = budget.orphans.filter((orphan) => orphan.service === from.service);
  const orphanJobs = sum(orphans.map(({ jobs }) => charged(jobs, now)));
  return { ceiling, others, orphanJobs, orphanHttp: sum(orphans.map(({ http }) => charged(http, now))) };
}

/**
 * @returns what a holder may use: its fair share as far as others leave it free. A limit of its own changes nothing
 * here: what it does not use because its service asked for less flows on to nobody.
 */
export function granted(report: LeaseReport, own: Claimant, { pool, now }: { pool: Pool; now: number }): Places {
  const claims = claimsInTurn([...pool.others, [report.holder, own]]);
  const unseen = charged(report.ambiguous, now);
  const othersUnseen = sum(pool.others.map(([, holder]) => charged(holder.ambiguous, now)));
  const share = fairShares(pool.ceiling.jobs - pool.orphanJobs - unseen - othersUnseen, claims.jobs).get(report.holder) ?? 0;
  const free = pool.ceiling.jobs - pool.orphanJobs - unseen - sum(pool.others.map(([, holder]) => chargeOf(holder, now)));
  const httpShare = fairShares(pool.ceiling.http - pool.orphanHttp, claims.http).get(report.holder) ?? 0;
  const httpFree = pool.ceiling.http - pool.orphanHttp - sum(pool.others.map(([, holder]) => httpChargeOf(holder)));
  const http = clamp(Math.min(httpShare, httpFree), 0, report.want.http);
  const jobs = http === 0 ? 0 : clamp(Math.min(share, free), 0, report.want.jobs);
  if (jobs > 0) return { jobs, http };
  const running = report.inFlight + sum(report.remains.map(({ charges }) => charged(charges, now)));
  return {
    jobs,
    http: running > 0 ? Math.max(http, clamp(httpFree, 0, Math.min(1, report.want.http))) : waitingHttp(report, http),
  };
}

/** Jobs in flight keep an HTTP place, or they would never be collected; whoever waits for its first holds up none. */
function waitingHttp({ want }: LeaseReport, http: number): number {
  return want.jobs > 0 ? 0 : http;
}

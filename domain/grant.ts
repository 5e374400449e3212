import { charged, chargeOf, httpChargeOf, type Holder } from './budget-holder.ts';
import type { Budget } from './budget.ts';
import type { Ceiling, LeaseReport, Places } from './lease.ts';
import { httpClaims, jobClaims, type HttpUse, type Named } from './queue.ts';
import { fairShares, sharesWithOneEach } from './shares.ts';
import { clamp, sum } from './units.ts';

/** The places of one service as one holder finds them. */
export interface Pool {
  readonly ceiling: Ceiling;
  readonly others: readonly Named<Holder>[];
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

/** What each holder of a service is due, whoever has it at this moment; by holder. */
export interface Dues {
  readonly jobs: ReadonlyMap<string, number>;
  readonly http: ReadonlyMap<string, number>;
}

/** @returns what all holders of a service are due: the one that the pool is for, and the others. */
export function duesOf(pool: Pool, own: Named<Holder>, now: number): Dues {
  const all = [...pool.others, own];
  const unseen = sum(all.map(([, { ambiguous }]) => charged(ambiguous, now)));
  const jobs = fairShares(pool.ceiling.jobs - pool.orphanJobs - unseen, jobClaims(all, now));
  const http = httpClaims(all, (holder) => httpUse(holder, jobs));
  return { jobs, http: sharesWithOneEach(pool.ceiling.http - pool.orphanHttp, http) };
}

/** @returns what one of them is due. */
export function dueTo({ jobs, http }: Dues, holder: string): Places {
  return { jobs: jobs.get(holder) ?? 0, http: http.get(holder) ?? 0 };
}

/** Whoever waits for its first job place holds up no other; what is in flight must be collected, if not at once. */
function httpUse([name, { want, collects }]: Named<Holder>, jobs: ReadonlyMap<string, number>): HttpUse {
  if (want.jobs === 0 || (jobs.get(name) ?? 0) > 0) return 'all';
  return collects === true ? 'one first' : 'none';
}

/** @returns places that nobody else is charged for. */
export function freeOf(pool: Pool, own: Holder, now: number): Places {
  const others = pool.others.map(([, holder]) => holder);
  const unseen = charged(own.ambiguous, now);
  return {
    jobs: pool.ceiling.jobs - pool.orphanJobs - unseen - sum(others.map((one) => chargeOf(one, now))),
    http: pool.ceiling.http - pool.orphanHttp - sum(others.map((one) => httpChargeOf(one))),
  };
}

/**
 * @returns what a holder may use: what it is due as far as others leave it free. A limit of its own changes nothing
 * here: what it does not use because its service asked for less flows on to nobody.
 */
export function granted(own: Holder, due: Places, free: Places): Places {
  const { want } = own;
  const http = clamp(Math.min(due.http, free.http), 0, want.http);
  const jobs = http === 0 ? 0 : clamp(Math.min(due.jobs, free.jobs), 0, want.jobs);
  if (jobs > 0) return { jobs, http };
  // Jobs in flight keep an HTTP place, or they would never be collected.
  if (own.collects === true) return { jobs, http: Math.max(http, clamp(free.http, 0, Math.min(1, want.http))) };
  return { jobs, http: want.jobs > 0 ? 0 : http };
}

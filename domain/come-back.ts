import { configuredNow, gpusNow, holdingOf, windowMs } from './account.ts';
import { chargeOf, type Holder } from './budget-holder.ts';
import type { Budget } from './budget.ts';
import { ANSWERS_WITHIN_MS } from './calls.ts';
import { mostContainers } from './ceiling.ts';
import { secondGpuFromMs, type Allowance } from './ceilings.ts';
import type { LeaseReport, Places } from './lease.ts';
import { SETTLED_AFTER_MS } from './turns.ts';
import { clamp, SECOND_MS } from './units.ts';

/** How soon a holder may be asked to report again, ms; `usual` where nobody knows when something changes. */
export const COME_BACK_MS = { least: SECOND_MS, soon: 2 * SECOND_MS, usual: 10 * SECOND_MS, most: 120 * SECOND_MS } as const;
/** Whoever gives way is woken when there are places: a look now and then is for what nobody reports. */
const GIVES_WAY_MS = { least: COME_BACK_MS.usual, most: 600 * SECOND_MS } as const;

/** What an answer goes by. */
export interface Prospect {
  /** After the grant, with everybody called who is to report. */
  readonly budget: Budget;
  readonly allowance: Allowance;
  readonly places: Places;
  readonly waits: boolean;
  /** Nothing of its service is due to it. */
  readonly passedOver: boolean;
}

/**
 * Places change hands when a holder reports and when a window or a deadline ends: nobody need come back before. Whoever
 * is awake is called when that was sooner than expected.
 *
 * @returns ms; 0 where nothing is to be expected before the lease ends.
 */
export function comeBackMs(prospect: Prospect, from: LeaseReport, { now, roll }: { now: number; roll: number }): number {
  const spread = 1 + 0.2 * roll;
  if (prospect.waits && prospect.passedOver && from.priority === 'backfill') {
    const ends = nightsOf(prospect.budget).map((one) => endOfMs(one));
    if (ends.length > 0) return Math.round(clamp(Math.max(...ends) - now, GIVES_WAY_MS.least, GIVES_WAY_MS.most) * spread);
  }
  if (prospect.waits) {
    const next = Math.min(...changes(prospect.budget, from, now).filter((at) => at > now));
    const afterMs = Number.isFinite(next) ? next - now : COME_BACK_MS.usual;
    return Math.round(clamp(afterMs, COME_BACK_MS.least, COME_BACK_MS.most) * spread);
  }
  if (prospect.places.jobs >= from.want.jobs) return 0;
  const ends = alike(prospect.budget, from).map((one) => endOfMs(one));
  const more = Math.min(moreFromMs(prospect, from, now), ...ends.filter((at) => at > now));
  const afterMs = Math.max(more - now, COME_BACK_MS.soon);
  return afterMs < from.ttlMs / 2 ? Math.round(afterMs * spread) : 0;
}

/** Whoever a backfill gives way to. */
function nightsOf({ holders }: Budget): Holder[] {
  return Object.values(holders).filter(({ priority, want }) => priority !== 'backfill' && want.jobs > 0);
}

/** The others of its service. */
function alike({ holders }: Budget, { service, holder }: LeaseReport): Holder[] {
  return Object.entries(holders).flatMap(([name, one]) => (name !== holder && one.service === service ? [one] : []));
}

/** Moments at which a waiting holder may find more than now. */
function changes(budget: Budget, from: LeaseReport, now: number): number[] {
  const { service, ambiguous } = from;
  const elsewhere = Object.values(budget.holders).filter((one) => one.service !== service && chargeOf(one, now) > 0);
  const own = alike(budget, from);
  const others = Object.keys(budget.accounts).filter((other) => other !== service);
  const windows = Object.entries(budget.accounts).flatMap(([other, { peaks }]) =>
    other === service ? [] : [...peaks.jobs, ...peaks.http],
  );
  const orphans = budget.orphans.flatMap((orphan) =>
    orphan.service === service ? [...orphan.jobs, ...orphan.http] : orphan.jobs,
  );
  return [
    ...elsewhere.map(({ reportsAtMs }) => reportsAtMs),
    ...own.flatMap((one) => givesBackAtMs(one, now)),
    ...own.map((one) => endOfMs(one)),
    ...others.map((other) => freeFromMs(budget, other, now)),
    ...[...ambiguous, ...windows, ...orphans].map(({ untilMs }) => untilMs),
    secondGpuFromMs(budget),
  ];
}

/** Places that others are due come with the report of whoever was called for them, and as its jobs end. */
function givesBackAtMs({ call, granted, inFlight, reportsAtMs }: Holder, now: number): number[] {
  if (inFlight > granted.jobs) return [now + ANSWERS_WITHIN_MS];
  return call?.gives === true ? [call.atMs + ANSWERS_WITHIN_MS, reportsAtMs] : [];
}

/** @returns the first moment at which another service may be done and its GPUs gone. */
function moreFromMs({ budget, allowance }: Prospect, { service }: LeaseReport, now: number): number {
  const configured = configuredNow(budget, service);
  if (configured === null || allowance.containers >= mostContainers(configured.figures, gpusNow(budget))) return Infinity;
  const settled = (budget.accounts[service]?.turnSinceMs ?? now) + SETTLED_AFTER_MS;
  const early = Math.max(secondGpuFromMs(budget), settled);
  const others = Object.keys(budget.accounts).filter((other) => other !== service && holdingOf(budget, other, now).gpus > 0);
  const free = others.map((other) => freeFromMs(budget, other, now));
  return Math.max(early, Math.min(...free, others.length === 0 && early > now ? early : Infinity));
}

/** When a holder's work is done, as far as its own figures tell. */
function endOfMs({ want, jobMs, granted: { jobs }, reportedAtMs, reportsAtMs }: Holder): number {
  if (want.jobs === 0) return reportsAtMs;
  return jobMs === null || jobs === 0 ? Infinity : reportedAtMs + (want.jobs * jobMs) / jobs;
}

/** When a service will hold nothing any more, as far as its holders' own figures tell. */
function freeFromMs(budget: Budget, service: string, now: number): number {
  const configured = configuredNow(budget, service);
  const using = Object.values(budget.holders).filter((one) => one.service === service);
  const ends = using.map((one) => endOfMs(one));
  const orphans = budget.orphans.filter((one) => one.service === service).flatMap(({ jobs }) => jobs);
  const over = Math.max(...ends, ...orphans.map(({ untilMs }) => untilMs));
  const { jobs = [], http = [] } = budget.accounts[service]?.peaks ?? {};
  const peaks = Math.max(...[...jobs, ...http].map(({ untilMs }) => untilMs));
  const window = configured === null || !Number.isFinite(over) ? 0 : windowMs(configured.figures);
  return Math.max(over === -Infinity ? now : Math.max(over, now) + window, peaks);
}

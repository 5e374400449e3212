import type { Ceiling, Charge, LeaseReply, LeaseReport, Places } from './lease.ts';
import { sliceOfLeaseMs } from './pace.ts';
import { claimsInTurn, type Claimant } from './queue.ts';
import { equalShares } from './shares.ts';
import type { Priority } from './spec.ts';
import { clamp, MINUTE_MS, SECOND_MS } from './units.ts';

interface Holder {
  readonly service: string;
  readonly run: string;
  readonly priority: Priority;
  readonly n: number;
  readonly seq: number;
  readonly granted: Places;
  readonly inFlight: number;
  readonly ambiguous: readonly Charge[];
  readonly want: Places;
  readonly expiresAtMs: number;
  /** When it is expected to report again. */
  readonly reportsAtMs: number;
  readonly sinceMs: number;
  readonly waitingSinceMs: number | null;
  readonly ceiling: Ceiling;
  /** The longest deadlines it was ever told: its jobs and requests may go by them. */
  readonly told: Pick<Ceiling, 'orphanMs' | 'requestMs'>;
}

/** Places that nobody answers for any more. */
export interface Orphan {
  readonly holder: string;
  readonly service: string;
  readonly jobs: Charge;
  readonly http: Charge;
  readonly reason: 'lease expired' | 'submits without an answer';
}

/** The budget of one namespace: plain JSON, so that it passes through continue-as-new. */
export interface Budget {
  readonly holders: Readonly<Record<string, Holder>>;
  readonly orphans: readonly Orphan[];
  /** The last (n, seq) of holders that are gone, while an old report of theirs could still arrive. */
  readonly departed: Readonly<Record<string, { readonly n: number; readonly seq: number; readonly untilMs: number }>>;
}

export const EMPTY_BUDGET: Budget = { holders: {}, orphans: [], departed: {} };

/** More holders than this cost more in hand-overs than they bring (services.md section 2). */
export const MAX_HOLDERS = 16;
const COME_BACK_MS = { least: 10 * SECOND_MS, most: 120 * SECOND_MS } as const;
const WAITING_GRACE_MS = 60 * SECOND_MS;
/** No report is under way for longer than this: an update that was not delivered by then never is. */
const LATE_REPORT_MS = 10 * MINUTE_MS;
const NOTHING: Places = { jobs: 0, http: 0 };

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function charged(charges: readonly Charge[], now: number): number {
  return sum(charges.filter((charge) => charge.untilMs > now).map((charge) => charge.places));
}

/** @returns places that a living holder is charged for: what it may use or uses, and what may run unseen. */
export function chargeOf(holder: Pick<Holder, 'granted' | 'inFlight' | 'ambiguous'>, now: number): number {
  return Math.max(holder.granted.jobs, holder.inFlight) + charged(holder.ambiguous, now);
}

function orphansOf(name: string, holder: Holder): Orphan[] {
  const { service, told, expiresAtMs } = holder;
  const jobs = { places: Math.max(holder.granted.jobs, holder.inFlight), untilMs: expiresAtMs + told.orphanMs };
  const http = { places: holder.granted.http, untilMs: expiresAtMs + told.requestMs };
  return [
    { holder: name, service, jobs, http, reason: 'lease expired' },
    ...holder.ambiguous.map((charge) => unanswered(name, service, charge)),
  ];
}

function unanswered(holder: string, service: string, jobs: Charge): Orphan {
  return { holder, service, jobs, http: { places: 0, untilMs: 0 }, reason: 'submits without an answer' };
}

/** @returns the budget with expired leases turned into charged orphans and with what is over forgotten. */
export function swept(budget: Budget, now: number): Budget {
  const entries = Object.entries(budget.holders);
  const gone = entries.filter(([, holder]) => holder.expiresAtMs <= now);
  const orphans = [...budget.orphans, ...gone.flatMap(([name, holder]) => orphansOf(name, holder))];
  const left = gone.map(
    ([name, { n, seq, expiresAtMs, told }]) => [name, { n, seq, untilMs: expiresAtMs + told.orphanMs }] as const,
  );
  return {
    holders: Object.fromEntries(entries.filter(([, holder]) => holder.expiresAtMs > now)),
    orphans: orphans.filter(({ jobs, http }) => charged([jobs, http], now) > 0),
    departed: Object.fromEntries([...Object.entries(budget.departed), ...left].filter(([, { untilMs }]) => untilMs > now)),
  };
}

interface Pool {
  readonly ceiling: Ceiling;
  readonly others: readonly (readonly [string, Holder])[];
  readonly orphanJobs: number;
  readonly orphanHttp: number;
}

/** @returns the ceiling in force: of every figure the lowest among living holders, but the longest deadlines. */
export function lowestCeiling(ceilings: readonly [Ceiling, ...Ceiling[]]): Ceiling {
  return ceilings.reduce((low, next) => ({
    ...(next.jobs < low.jobs ? next : low),
    http: Math.min(low.http, next.http),
    orphanMs: Math.max(low.orphanMs, next.orphanMs),
    requestMs: Math.max(low.requestMs, next.requestMs),
  }));
}

function poolFor(budget: Budget, report: LeaseReport, now: number): Pool {
  const others = Object.entries(budget.holders).filter(
    ([name, holder]) => name !== report.holder && holder.service === report.service,
  );
  const orphans = budget.orphans.filter((orphan) => orphan.service === report.service);
  return {
    ceiling: lowestCeiling([report.ceiling, ...others.map(([, holder]) => holder.ceiling)]),
    others,
    orphanJobs: charged(
      orphans.map((orphan) => orphan.jobs),
      now,
    ),
    orphanHttp: charged(
      orphans.map((orphan) => orphan.http),
      now,
    ),
  };
}

function grant(report: LeaseReport, own: Claimant, scene: { pool: Pool; now: number }): Places {
  const { pool, now } = scene;
  const wanted = claimsInTurn([...pool.others, [report.holder, own]]);
  const unseen = charged(report.ambiguous, now);
  const othersUnseen = sum(pool.others.map(([, holder]) => charged(holder.ambiguous, now)));
  const share = equalShares(pool.ceiling.jobs - pool.orphanJobs - unseen - othersUnseen, wanted.jobs).get(report.holder) ?? 0;
  const free = pool.ceiling.jobs - pool.orphanJobs - unseen - sum(pool.others.map(([, holder]) => chargeOf(holder, now)));
  const httpShare = equalShares(pool.ceiling.http - pool.orphanHttp, wanted.http).get(report.holder) ?? 0;
  const httpFree = pool.ceiling.http - pool.orphanHttp - sum(pool.others.map(([, holder]) => holder.granted.http));
  const http = clamp(Math.min(httpShare, httpFree), 0, report.want.http);
  const jobs = http === 0 ? 0 : clamp(Math.min(share, free), 0, report.want.jobs);
  return { jobs, http: jobs === 0 ? httpWithoutJobs(report, http, httpFree) : http };
}

/** Whoever waits for jobs holds up no HTTP place; whoever has jobs in flight keeps one, or they would never be collected. */
function httpWithoutJobs({ want, inFlight }: LeaseReport, http: number, free: number): number {
  if (inFlight > 0) return Math.max(http, clamp(free, 0, Math.min(1, want.http)));
  return want.jobs > 0 ? 0 : http;
}

function isStale(budget: Budget, report: LeaseReport): boolean {
  const last = budget.holders[report.holder] ?? budget.departed[report.holder];
  return last !== undefined && (report.n < last.n || (report.n === last.n && report.seq <= last.seq));
}

/** Places change hands when a holder reports: nobody need come back before the first of them does. */
function comeBackMs(pool: Pool, now: number, roll: number): number {
  const holding = pool.others.filter(([, holder]) => chargeOf(holder, now) > 0);
  const reports = holding.map(([, holder]) => holder.reportsAtMs - now);
  return Math.round(clamp(Math.min(...reports, COME_BACK_MS.most), COME_BACK_MS.least, COME_BACK_MS.most) * (1 + 0.2 * roll));
}

/** `report`'s holder is what it now says it is: what it was charged for as an orphan is replaced. */
function without(budget: Budget, holder: string): Budget {
  return {
    holders: Object.fromEntries(Object.entries(budget.holders).filter(([name]) => name !== holder)),
    orphans: budget.orphans.filter((orphan) => orphan.holder !== holder),
    departed: budget.departed,
  };
}

function depart(budget: Budget, report: LeaseReport, now: number): Budget {
  const { n, seq, holder, service } = report;
  const untilMs = now + LATE_REPORT_MS;
  return {
    ...budget,
    orphans: [...budget.orphans, ...report.ambiguous.map((charge) => unanswered(holder, service, charge))],
    departed: { ...budget.departed, [holder]: { n, seq, untilMs } },
  };
}

function longest(now: Ceiling, before: Holder['told'] = now): Holder['told'] {
  return {
    orphanMs: Math.max(now.orphanMs, before.orphanMs),
    requestMs: Math.max(now.requestMs, before.requestMs),
  };
}

interface Turn {
  readonly now: number;
  /** In [0, 1): spreads the refused. */
  readonly roll: number;
}

/**
 * A holder reports and asks. Total: every report has a reply, and granting twice what was granted once changes
 * nothing. Over all holders of a service, what is charged never passes the ceiling because of a grant.
 */
export function settle(budget: Budget, from: LeaseReport, { now, roll }: Turn): { budget: Budget; reply: LeaseReply } {
  const fresh = swept(budget, now);
  const base = { retryAfterMs: 0, ceiling: from.ceiling, contended: false };
  if (isStale(fresh, from)) return { budget: fresh, reply: { ...base, granted: NOTHING, refused: 'stale' } };
  const before = fresh.holders[from.holder];
  const rest = without(fresh, from.holder);
  if (from.release) return { budget: depart(rest, from, now), reply: { ...base, granted: NOTHING, refused: null } };
  const pool = poolFor(rest, from, now);
  const own = { want: from.want, sinceMs: before?.sinceMs ?? now, waitingSinceMs: before?.waitingSinceMs ?? null };
  const full = before === undefined && Object.keys(rest.holders).length >= MAX_HOLDERS;
  const granted = full ? NOTHING : grant(from, own, { pool, now });
  const waits = from.want.jobs > 0 ? granted.jobs === 0 : granted.http < Math.min(1, from.want.http);
  const retryAfterMs = waits ? comeBackMs(pool, now, roll) : 0;
  const contended = pool.others.some(([, holder]) => holder.waitingSinceMs !== null);
  const reply: LeaseReply = { granted, refused: waits ? 'waiting' : null, retryAfterMs, ceiling: pool.ceiling, contended };
  // Who finds no room stays what it was: what its expired lease left is charged on.
  if (full) return { budget: fresh, reply };
  const { holder: name, ambiguous, inFlight, n, seq, service, run, priority, want, ceiling } = from;
  const ttlMs = Math.max(from.ttlMs, waits ? retryAfterMs + WAITING_GRACE_MS : 0);
  const waitingSinceMs = waits ? (before?.waitingSinceMs ?? now) : null;
  const held: Holder = {
    ...own,
    service,
    run,
    priority,
    n,
    seq,
    granted,
    inFlight,
    ambiguous,
    want,
    ceiling,
    told: longest(pool.ceiling, before?.told),
    waitingSinceMs,
    expiresAtMs: now + ttlMs,
    reportsAtMs: now + sliceOfLeaseMs(from.ttlMs),
  };
  return { budget: { ...rest, holders: { ...rest.holders, [name]: held } }, reply };
}

import { withCalls } from './calls.ts';
import { allowanceOf, turnsNow, withTurns } from './ceilings.ts';
import { COME_BACK_MS, comeBackMs } from './come-back.ts';
import {
  isStale,
  swept,
  withBusyTime,
  withConfiguration,
  withDeparture,
  without,
  withRemains,
  withWindows,
  type Budget,
} from './budget.ts';
import { charged, gathered, type Holder } from './budget-holder.ts';
import { leastCeiling } from './ceiling.ts';
import { dueTo, duesOf, freeOf, granted, poolFor } from './grant.ts';
import type { LeaseReply, LeaseReport, Places } from './lease.ts';
import { sliceOfLeaseMs } from './pace.ts';
import { admissionOrder } from './queue.ts';
import { comparePriorities } from './shares.ts';
import { SECOND_MS, sum } from './units.ts';

/**
 * More holders than this cost more in hand-overs than they bring (services.md section 2). Those of a lower priority do
 * not count: they give way.
 */
export const MAX_HOLDERS = 16;
const WAITING_GRACE_MS = 60 * SECOND_MS;
const NOTHING: Places = { jobs: 0, http: 0 };

/** When a report arrives, ms, and a roll of the dice in [0, 1) that spreads those who wait. */
export interface Turn {
  readonly now: number;
  readonly roll: number;
}

export interface Settled {
  readonly budget: Budget;
  readonly reply: LeaseReply;
}

function refusal(from: LeaseReport, more: Partial<LeaseReply>): LeaseReply {
  return { granted: NOTHING, refused: null, retryAfterMs: 0, ceiling: leastCeiling(from.configured), ...more };
}

/**
 * A holder reports and asks. Total: every report has a reply, and granting twice what was granted once changes
 * nothing. Because of a grant neither the places of a service nor the GPUs of all of them are ever passed.
 */
export function settle(budget: Budget, from: LeaseReport, at: Turn): Settled {
  const { now } = at;
  const fresh = swept({ ...budget, sinceMs: budget.sinceMs ?? now, atMs: budget.sinceMs === null ? now : budget.atMs }, now);
  if (isStale(fresh, from)) return { budget: fresh, reply: refusal(from, { refused: 'stale' }) };
  const counted = withBusyTime(withRemains(fresh, from, now), from);
  if (from.release) {
    const left = withWindows(fresh, withDeparture(without(counted, from), from, now), now);
    const turns = turnsNow(left, now);
    return { budget: withTurns(withCalls(left, turns, now), turns), reply: refusal(from, {}) };
  }
  return mayEnter(counted, from) ? admitted({ fresh, counted }, from, at) : queued(counted, from, at);
}

/** Of those who wait to be let in, the first as many as there is room for may come. */
function mayEnter({ holders, outsiders }: Budget, { holder, priority }: LeaseReport): boolean {
  if (holders[holder] !== undefined) return true;
  const rivals = Object.values(holders).filter((one) => comparePriorities(one.priority, priority) <= 0);
  const room = MAX_HOLDERS - rivals.length;
  const own = outsiders[holder] ?? { priority, sinceMs: Number.MAX_SAFE_INTEGER };
  const others = Object.entries(outsiders).filter(([name]) => name !== holder);
  return admissionOrder([...others, [holder, own]]).indexOf(holder) < room;
}

/** Who finds no room stays what it was: what its expired lease left is charged on. */
function queued(budget: Budget, from: LeaseReport, { now, roll }: Turn): Settled {
  const { holder, service, run, priority } = from;
  const retryAfterMs = Math.round(COME_BACK_MS.usual * (1 + 0.2 * roll));
  const sinceMs = budget.outsiders[holder]?.sinceMs ?? now;
  const outsider = { service, run, priority, sinceMs, untilMs: now + retryAfterMs + WAITING_GRACE_MS };
  const reply = refusal(from, { refused: 'waiting', retryAfterMs });
  return { budget: { ...budget, outsiders: { ...budget.outsiders, [holder]: outsider } }, reply };
}

/** What a report makes of its holder while nothing is granted yet. */
function asker(budget: Budget, from: LeaseReport, { now, configured }: { now: number; configured: string }): Holder {
  const before = budget.holders[from.holder];
  const { service, run, priority, n, seq, inFlight, httpInUse, ambiguous, want, limit, jobMs } = from;
  return {
    service,
    run,
    priority,
    n,
    seq,
    inFlight,
    httpInUse,
    want,
    limit,
    jobMs,
    configured,
    ambiguous: gathered(ambiguous.filter(({ untilMs }) => untilMs > now)),
    granted: NOTHING,
    oldestAtMs: from.oldestMs === null ? null : now - from.oldestMs,
    reportedAtMs: now,
    reportsAtMs: now,
    expiresAtMs: now + from.ttlMs,
    sinceMs: before?.sinceMs ?? budget.outsiders[from.holder]?.sinceMs ?? now,
    waitingSinceMs: before?.waitingSinceMs ?? null,
    shortSinceMs: before?.shortSinceMs ?? null,
    collects: inFlight + sum(from.remains.map(({ charges }) => charged(charges, now))) > 0,
    told: before?.told ?? { orphanMs: 0, requestMs: 0 },
  };
}

function withHolder(budget: Budget, name: string, holder: Holder): Budget {
  return { ...budget, holders: { ...budget.holders, [name]: holder } };
}

function admitted({ fresh, counted }: { fresh: Budget; counted: Budget }, from: LeaseReport, at: Turn): Settled {
  const { now } = at;
  const known = withConfiguration(counted, from);
  const asking = asker(known.budget, from, { now, configured: known.name });
  const rest = without(known.budget, from);
  const bare = withWindows(fresh, withHolder(rest, from.holder, asking), now);
  const turns = turnsNow(bare, now);
  const allowance = allowanceOf({ budget: bare, turns, now }, from.service);
  const pool = poolFor(bare, from, { ceiling: allowance.ceiling, now });
  const due = dueTo(duesOf(pool, [from.holder, asking], now), from.holder);
  const places = granted(asking, due, freeOf(pool, asking, now));
  const waits = from.want.jobs > 0 ? places.jobs === 0 : places.http < Math.min(1, from.want.http);
  const holder = held(asking, { from, ceiling: allowance.ceiling, places, waits, now });
  const next = withCalls(withWindows(fresh, withHolder(rest, from.holder, holder), now), turns, now);
  const passedOver = allowance.due === 0 || (allowance.ceiling.jobs > 0 && due.jobs === 0);
  const retryAfterMs = comeBackMs({ budget: next, allowance, places, waits, passedOver }, from, at);
  const reply: LeaseReply = { granted: places, refused: waits ? 'waiting' : null, retryAfterMs, ceiling: allowance.ceiling };
  return { budget: withTurns(waits ? waiting(next, from.holder, now + retryAfterMs) : next, turns), reply };
}

interface Grant {
  readonly from: LeaseReport;
  readonly ceiling: LeaseReply['ceiling'];
  readonly places: Places;
  readonly waits: boolean;
  readonly now: number;
}

function held(asking: Holder, { from, ceiling, places, waits, now }: Grant): Holder {
  const { orphanMs, requestMs } = asking.told;
  const isShort = places.jobs <= 1 && from.want.jobs > places.jobs;
  return {
    ...asking,
    granted: places,
    reportsAtMs: now + sliceOfLeaseMs(from.ttlMs),
    waitingSinceMs: waits ? (asking.waitingSinceMs ?? now) : null,
    shortSinceMs: isShort ? (asking.shortSinceMs ?? now) : null,
    told: { orphanMs: Math.max(orphanMs, ceiling.orphanMs), requestMs: Math.max(requestMs, ceiling.requestMs) },
  };
}

/** Who waits keeps its turn until it comes back, however short a lease it asked for. */
function waiting(budget: Budget, name: string, comesAtMs: number): Budget {
  const holder = budget.holders[name];
  if (holder === undefined) return budget;
  const expiresAtMs = Math.max(holder.expiresAtMs, comesAtMs + WAITING_GRACE_MS);
  return withHolder(budget, name, { ...holder, reportsAtMs: comesAtMs, expiresAtMs });
}

import { holdingOf } from './account.ts';
import { allowanceOf, turnsNow, withTurns } from './ceilings.ts';
import { COME_BACK_MS, comeBackMs, type Prospect } from './come-back.ts';
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
import { gathered, type Holder } from './budget-holder.ts';
import { leastCeiling } from './ceiling.ts';
import { granted, poolFor } from './grant.ts';
import type { LeaseReply, LeaseReport, Places } from './lease.ts';
import { sliceOfLeaseMs } from './pace.ts';
import { admissionOrder } from './queue.ts';
import { SECOND_MS } from './units.ts';

/** More holders than this cost more in hand-overs than they bring (services.md section 2). */
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
  return { granted: NOTHING, refused: null, retryAfterMs: 0, ceiling: leastCeiling(from.configured), contended: false, ...more };
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
    const left = withDeparture(without(counted, from), from, now);
    return { budget: withTurns(withWindows(fresh, left, now), turnsNow(left, now)), reply: refusal(from, {}) };
  }
  return mayEnter(counted, from) ? admitted({ fresh, counted }, from, at) : queued(counted, from, at);
}

/** Of those who wait to be let in, the first as many as there is room for may come. */
function mayEnter({ holders, outsiders }: Budget, { holder, priority }: LeaseReport): boolean {
  if (holders[holder] !== undefined) return true;
  const room = MAX_HOLDERS - Object.keys(holders).length;
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
  const places = granted(from, asking, { pool, now });
  const waits = from.want.jobs > 0 ? places.jobs === 0 : places.http < Math.min(1, from.want.http);
  const prospect = { budget: bare, allowance, places, waits, pool };
  const retryAfterMs = comeBackMs(prospect, from, at);
  const holder = held(asking, { from, ceiling: allowance.ceiling, places, waits, retryAfterMs, now });
  const next = withWindows(fresh, withHolder(rest, from.holder, holder), now);
  const reply: LeaseReply = {
    granted: places,
    refused: waits ? 'waiting' : null,
    retryAfterMs,
    ceiling: allowance.ceiling,
    contended: isContended(prospect, from, now),
  };
  return { budget: withTurns(next, turns), reply };
}

interface Grant {
  readonly from: LeaseReport;
  readonly ceiling: LeaseReply['ceiling'];
  readonly places: Places;
  readonly waits: boolean;
  readonly retryAfterMs: number;
  readonly now: number;
}

function held(asking: Holder, { from, ceiling, places, waits, retryAfterMs, now }: Grant): Holder {
  const ttlMs = Math.max(from.ttlMs, waits ? retryAfterMs + WAITING_GRACE_MS : 0);
  const { orphanMs, requestMs } = asking.told;
  return {
    ...asking,
    granted: places,
    reportsAtMs: now + (waits ? retryAfterMs : sliceOfLeaseMs(from.ttlMs)),
    expiresAtMs: now + ttlMs,
    waitingSinceMs: waits ? (asking.waitingSinceMs ?? now) : null,
    told: { orphanMs: Math.max(orphanMs, ceiling.orphanMs), requestMs: Math.max(requestMs, ceiling.requestMs) },
  };
}

/** Somebody waits for what this holder could give back: places of its service, or a GPU that is no longer its due. */
function isContended({ budget, allowance, pool }: Prospect, { service }: LeaseReport, now: number): boolean {
  if (pool.others.some(([, holder]) => holder.waitingSinceMs !== null)) return true;
  const waits = Object.values(budget.holders).some((one) => one.service !== service && one.waitingSinceMs !== null);
  return waits && holdingOf(budget, service, now).containers > allowance.due;
}

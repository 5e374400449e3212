import { configuredNow } from './account.ts';
import type { Call, Holder } from './budget-holder.ts';
import type { Budget } from './budget.ts';
import { allowanceOf } from './ceilings.ts';
import { dueTo, duesOf, freeOf, granted, poolFor, type Pool } from './grant.ts';
import type { LeaseReport, Places } from './lease.ts';
import { IDLE_LEAVE_MS } from './pace.ts';
import type { Named } from './queue.ts';
import { comparePriorities } from './shares.ts';
import type { Turns } from './turns.ts';
import { SECOND_MS, sum } from './units.ts';

/**
 * Places change hands when their holder reports, which without a reason it does only at the end of its slice. Whoever
 * would be granted something else by now is called: it reports at once. A call that is not heard costs nothing but time.
 *
 * By holder, the report after which it was called: a later one has answered it.
 */
export type Calls = Readonly<Record<string, string>>;

/** Whoever is called and awake has reported by then, ms. */
export const ANSWERS_WITHIN_MS = 4 * SECOND_MS;
/** Equals have what they share out for as long as this before the next one is due, ms: each change costs reports. */
const KEPT_MS = 15 * SECOND_MS;

function nameOf({ n, seq }: Pick<LeaseReport, 'n' | 'seq'>): string {
  return `${n}.${seq}`;
}

/** @returns whom a budget calls at this moment. */
export function callsOf({ holders }: Budget, now: number): Calls {
  const called = Object.entries(holders).filter(([, { call }]) => (call?.atMs ?? Infinity) <= now);
  return Object.fromEntries(called.map(([name, one]) => [name, nameOf(one)]));
}

/** @returns holders that are called and were not before. */
export function newlyCalled(calls: Calls, before: Calls): string[] {
  return Object.keys(calls).filter((holder) => calls[holder] !== before[holder]);
}

/** @returns runs of those holders that rest on a timer of their workflow while they wait, and hear nothing. */
export function asleep({ holders }: Budget, names: readonly string[], now: number): string[] {
  const called = names.flatMap((name) => holders[name] ?? []);
  const resting = called.filter(
    ({ waitingSinceMs, reportsAtMs }) => waitingSinceMs !== null && reportsAtMs - now > IDLE_LEAVE_MS,
  );
  return [...new Set(resting.map(({ run }) => run))];
}

/** @returns whether a holder is called since its last report. */
export function isCalled(calls: Calls, last: Pick<LeaseReport, 'holder' | 'n' | 'seq'>): boolean {
  return calls[last.holder] === nameOf(last);
}

/** A holder, what it is due, and what it would be granted. */
interface Standing {
  readonly holder: Named<Holder>;
  readonly due: Places;
  readonly would: Places;
}

function standings(pools: readonly (readonly [Named<Holder>, Pool])[], now: number): Standing[] {
  const [first] = pools;
  if (first === undefined) return [];
  const dues = duesOf(first[1], first[0], now);
  return pools.map(([holder, pool]) => {
    const [name, own] = holder;
    const due = dueTo(dues, name);
    return { holder, due, would: granted(own, due, freeOf(pool, own, now)) };
  });
}

function lacksJobs({ holder: [, { granted: has }], due }: Standing): boolean {
  return has.jobs < due.jobs;
}

function lacksHttp({ holder: [, { granted: has }], due }: Standing): boolean {
  return has.http === 0 && due.http > 0;
}

function givesHttp({ holder: [, { granted: has, collects }], due }: Standing): boolean {
  return has.http > Math.max(due.http, collects === true ? 1 : 0);
}

function callsAmong(all: readonly Standing[], ceiling: Places, now: number): (readonly [string, Call])[] {
  const lacking = all.filter(lacksJobs).map(({ holder: [, { priority }] }) => priority);
  const httpLacks = all.some(lacksHttp);
  const tooMany = sum(all.map(({ holder: [, one] }) => one.granted.jobs)) > ceiling.jobs;
  return all.flatMap((standing): [string, Call][] => {
    const [name, { granted: has, limit, priority, reportedAtMs }] = standing.holder;
    if (Math.min(standing.would.jobs, limit ?? Infinity) > has.jobs) return [[name, { atMs: now, gives: false }]];
    if (has.jobs <= standing.due.jobs && !(httpLacks && givesHttp(standing))) return [];
    const urgent = tooMany || lacking.some((other) => comparePriorities(other, priority) < 0);
    return [[name, { atMs: urgent ? now : Math.max(now, reportedAtMs + KEPT_MS), gives: true }]];
  });
}

function callsIn(scene: { budget: Budget; turns: Turns; now: number }, service: string): (readonly [string, Call])[] {
  const { budget, now } = scene;
  const { ceiling } = allowanceOf(scene, service);
  const holders = Object.entries(budget.holders).filter(([, one]) => one.service === service);
  const pools = holders.map((named) => [named, poolFor(budget, { holder: named[0], service }, { ceiling, now })] as const);
  return callsAmong(standings(pools, now), ceiling, now);
}

/** Called again for the same before it has answered, it was called then. */
function withCall(holder: Holder, call: Call | undefined): Holder {
  if (call === undefined) return { ...holder, call: null };
  const { call: before } = holder;
  return { ...holder, call: before?.gives === call.gives && before.atMs < call.atMs ? before : call };
}

/** @returns the budget with everybody called who would be granted something else now. */
export function withCalls(budget: Budget, turns: Turns, now: number): Budget {
  const known = Object.keys(budget.accounts).filter((service) => configuredNow(budget, service) !== null);
  const calls = new Map(known.flatMap((service) => callsIn({ budget, turns, now }, service)));
  const holders = Object.entries(budget.holders).map(([name, one]) => [name, withCall(one, calls.get(name))] as const);
  return { ...budget, holders: Object.fromEntries(holders) };
}

import { chargesAt, configuredNow, gpusNow, holdingOf, namesInForce, withDrop, type Account } from './account.ts';
import { departed, expired, gathered, lostRequests, charged, LOST_REQUESTS, type Holder, type Orphan } from './budget-holder.ts';
import { NO_OVERRIDES, strictestOf, withOrder, type BudgetOrder, type Overrides } from './figures.ts';
import { NO_GPU_TIME, withBusy, withHeld, type GpuMeter } from './gpu-meter.ts';
import { jobPlaces } from './ceiling.ts';
import type { Configured, LeaseReport, Remains } from './lease.ts';
import type { Priority } from './spec.ts';
import { MINUTE_MS } from './units.ts';

/** Somebody for whom there is no room among the holders. */
export interface Outsider {
  readonly service: string;
  readonly run: string;
  readonly priority: Priority;
  readonly sinceMs: number;
  /** Forgotten then, unless it comes back. */
  readonly untilMs: number;
}

/** The budget of one namespace: plain JSON, so that it passes through continue-as-new. */
export interface Budget {
  /** First report ever; null before it. */
  readonly sinceMs: number | null;
  /** Up to when time has been counted. */
  readonly atMs: number;
  readonly holders: Readonly<Record<string, Holder>>;
  readonly orphans: readonly Orphan[];
  readonly outsiders: Readonly<Record<string, Outsider>>;
  /** The last (n, seq) of holders that are gone, while an old report of theirs could still arrive. */
  readonly departed: Readonly<Record<string, { readonly n: number; readonly seq: number; readonly untilMs: number }>>;
  /** By service. */
  readonly accounts: Readonly<Record<string, Account>>;
  /** What workers have said of their configurations, each once. */
  readonly configurations: Readonly<Record<string, Configured>>;
  readonly overrides: Overrides;
  readonly meter: GpuMeter;
}

export const EMPTY_BUDGET: Budget = {
  sinceMs: null,
  atMs: 0,
  holders: {},
  orphans: [],
  outsiders: {},
  departed: {},
  accounts: {},
  configurations: {},
  overrides: NO_OVERRIDES,
  meter: NO_GPU_TIME,
};

/** No report is under way for longer than this: an update that was not delivered by then never is. */
const LATE_REPORT_MS = 10 * MINUTE_MS;

function picked<Value>(
  from: Readonly<Record<string, Value>>,
  keep: (value: Value, name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(from).filter(([name, value]) => keep(value, name)));
}

/** What ends by itself at a moment, ended: leases, charges, memories. */
function withEnds(budget: Budget, now: number): Budget {
  const gone = Object.entries(budget.holders).filter(([, holder]) => holder.expiresAtMs <= now);
  const orphans = [...budget.orphans, ...gone.map(([name, holder]) => expired(name, holder))];
  const left = gone.map(
    ([name, { n, seq, expiresAtMs, told }]) =>
      [name, { n, seq, untilMs: expiresAtMs + Math.max(told.orphanMs, LATE_REPORT_MS) }] as const,
  );
  return {
    ...budget,
    holders: picked(budget.holders, (holder) => holder.expiresAtMs > now),
    orphans: orphans.filter(({ jobs, http }) => charged([...jobs, ...http], now) > 0),
    outsiders: picked(budget.outsiders, ({ untilMs }) => untilMs > now),
    departed: picked({ ...budget.departed, ...Object.fromEntries(left) }, ({ untilMs }) => untilMs > now),
  };
}

function oldestOf({ holders }: Budget, service: string): number | null {
  const times = Object.values(holders).flatMap((one) => (one.service === service ? (one.oldestAtMs ?? []) : []));
  return times.length === 0 ? null : Math.min(...times);
}

/** @returns `after` with what is no longer charged since `before` held for a window more. */
export function withWindows(before: Budget, after: Budget, now: number): Budget {
  const accounts = Object.entries(after.accounts).map(([service, account]) => {
    const figures = configuredNow(after, service)?.figures ?? account.configured.figures;
    const charges = { before: chargesAt(before, service, before.atMs), after: chargesAt(after, service, now) };
    const drop = { ...charges, figures, oldestAtMs: oldestOf(after, service) };
    return [service, withDrop(account, drop, now)] as const;
  });
  return { ...after, accounts: Object.fromEntries(accounts), atMs: now };
}

/**
 * @returns GPUs that can be held for so much that is charged, for people: whoever takes over after a crash is charged for
 * every job whose record was not written, long done or not, but more than the cap never ran. Where figures were set by
 * hand, what is in flight may really be more.
 */
export function plausibleGpus(budget: Budget, reckoned: number): number {
  const { overrides } = budget;
  if (overrides.gpus !== null || Object.keys(overrides.services).length > 0) return reckoned;
  const caps = Object.values(budget.configurations).map(({ gpus }) => gpus);
  return Math.min(reckoned, Math.max(gpusNow(budget), ...caps));
}

/** @returns GPUs held at a moment by all services together. */
export function gpusHeldNow(budget: Budget, now: number): number {
  const holdings = Object.keys(budget.accounts).map((service) => holdingOf(budget, service, now));
  return plausibleGpus(
    budget,
    holdings.reduce((sum, { gpus, frontGpus }) => sum + gpus + frontGpus, 0),
  );
}

/** Moments at which something of a budget ends by itself. */
function endings({ holders, orphans, accounts }: Budget): number[] {
  const charges = [
    ...Object.values(holders).map(({ ambiguous }) => ambiguous),
    ...orphans.flatMap(({ jobs, http }) => [jobs, http]),
  ];
  const peaks = Object.values(accounts).flatMap((account) => [...account.peaks.jobs, ...account.peaks.http]);
  const leases = Object.values(holders).map(({ expiresAtMs }) => expiresAtMs);
  return [...leases, ...charges.flat().map(({ untilMs }) => untilMs), ...peaks.map(({ untilMs }) => untilMs)];
}

function stepped(budget: Budget, now: number): Budget {
  const meter = withHeld(budget.meter, gpusHeldNow(budget, budget.atMs), { fromMs: budget.atMs, toMs: now });
  return withWindows(budget, { ...withEnds(budget, now), meter }, now);
}

/** @returns the budget at a later moment, every ending between taken in its turn: expired leases are charged orphans. */
export function swept(budget: Budget, now: number): Budget {
  const next = Math.min(...endings(budget).filter((at) => at > budget.atMs));
  return next < now ? swept(stepped(budget, next), now) : stepped(budget, Math.max(now, budget.atMs));
}

/** @returns whether a later attempt of the reporting holder has been heard. */
export function isStale(budget: Budget, report: LeaseReport): boolean {
  const last = budget.holders[report.holder] ?? budget.departed[report.holder];
  return last !== undefined && (report.n < last.n || (report.n === last.n && report.seq <= last.seq));
}

/**
 * `from`'s holder is what it now says it is: what it was charged for, as an orphan too, is replaced. Where the front end
 * holds a GPU, requests of an attempt that did not end its slice are charged on, whatever later attempts did.
 */
export function without(budget: Budget, from: LeaseReport): Budget {
  const before = budget.holders[from.holder];
  const { figures } = configuredNow(budget, from.service) ?? from.configured;
  const heard = before ?? budget.departed[from.holder];
  const open = from.predecessorOpen && figures.httpHoldsGpu && heard !== undefined && from.n > heard.n;
  const lost = before !== undefined && open ? [lostRequests(from.holder, before)] : [];
  const orphans = budget.orphans.flatMap((orphan): Orphan[] => {
    if (orphan.holder !== from.holder || orphan.reason === LOST_REQUESTS) return [orphan];
    return open ? [{ ...orphan, jobs: [], reason: LOST_REQUESTS }] : [];
  });
  return {
    ...budget,
    holders: picked(budget.holders, (_holder, name) => name !== from.holder),
    orphans: [...orphans, ...lost],
    outsiders: picked(budget.outsiders, (_outsider, name) => name !== from.holder),
  };
}

/** @returns the budget without a holder that goes; what may still run of its jobs is charged on. */
export function withDeparture(budget: Budget, report: LeaseReport, now: number): Budget {
  const { n, seq, holder } = report;
  const last = { n, seq, untilMs: now + LATE_REPORT_MS };
  return { ...budget, orphans: [...budget.orphans, departed(report, now)], departed: { ...budget.departed, [holder]: last } };
}

function settledOrphan(orphan: Orphan, remains: readonly Remains[], now: number): Orphan {
  const known = remains.find(({ holder }) => holder === orphan.holder);
  if (known === undefined || known.readAtMs < orphan.sinceMs) return orphan;
  return charged(known.charges, now) < charged(orphan.jobs, now) ? { ...orphan, jobs: gathered(known.charges) } : orphan;
}

/** @returns the budget in which orphans of closed runs are charged no longer than somebody who reads their logs finds them running. */
export function withRemains(budget: Budget, { remains, service }: LeaseReport, now: number): Budget {
  const orphans = budget.orphans.map((orphan) => (orphan.service === service ? settledOrphan(orphan, remains, now) : orphan));
  return { ...budget, orphans };
}

/** @returns the budget that knows the reporter's configuration, under a name of its own. */
export function withConfiguration(budget: Budget, from: LeaseReport): { budget: Budget; name: string } {
  const { configured, service } = from;
  const text = JSON.stringify(configured);
  const found = Object.entries(budget.configurations).find(([, known]) => JSON.stringify(known) === text)?.[0];
  const used = new Set(Object.keys(budget.accounts).flatMap((known) => [...namesInForce(budget, known)]));
  const kept = picked(budget.configurations, (_known, known) => used.has(known) || known === found);
  const free = Array.from({ length: used.size + 1 }, (_, n) => `c${n}`).find((candidate) => !(candidate in kept));
  const name = found ?? free ?? `c${used.size}`;
  const theirs = [...namesInForce(without(budget, from), service)].flatMap((one) => budget.configurations[one] ?? []);
  const before = budget.accounts[service] ?? { peaks: { jobs: [], http: [] }, heard: {}, leaving: null, turnSinceMs: null };
  const heard = { ...picked(before.heard, (_at, known) => known in kept), [name]: budget.atMs };
  const accounts = { ...budget.accounts, [service]: { ...before, heard, configured: strictestOf([configured, ...theirs]) } };
  return { budget: { ...budget, accounts, configurations: { ...kept, [name]: configured } }, name };
}

/** @returns the budget with the time that a holder's jobs kept GPUs busy, as a share of the places of a GPU. */
export function withBusyTime(budget: Budget, { service, busyMs }: LeaseReport): Budget {
  const configured = configuredNow(budget, service);
  if (configured === null || busyMs <= 0) return budget;
  const { figures } = configured;
  return { ...budget, meter: withBusy(budget.meter, (busyMs * figures.gpusPerContainer) / jobPlaces(figures, 1)) };
}

/** @returns the budget after `tilescribe budget set`; what is in flight is not touched, only what is granted from now on. */
export function ordered(budget: Budget, order: BudgetOrder, now: number): Budget {
  const fresh = swept(budget, now);
  return { ...fresh, overrides: withOrder(fresh.overrides, order) };
}

import { charged, chargeOf, httpChargeOf } from './budget-holder.ts';
import type { Budget } from './budget.ts';
import { httpPool, jobPool, need } from './gpu.ts';
import type { Configured } from './lease.ts';
import { counted, withPeak, type Peak } from './peak.ts';
import { strictestOf } from './figures.ts';
import type { ServiceFigures } from './service.ts';
import { SECOND_MS, sum } from './units.ts';

/** What a budget remembers of a service. */
export interface Account {
  /** What its holders' workers last said, the strictest of it. */
  readonly configured: Configured;
  readonly peaks: { readonly jobs: readonly Peak[]; readonly http: readonly Peak[] };
  /** When each of the budget's configurations was last heard of for this service, ms. */
  readonly heard: Readonly<Record<string, number>>;
  /** Containers that it should have left, and did not yet as far as anybody knows. */
  readonly leaving: Leaving | null;
  /** Since when it may use GPUs, ms; null while it waits or nobody wants it. */
  readonly turnSinceMs: number | null;
}

/**
 * Fewer containers would do since a moment, ms, but the jobs that were in flight then may be spread over all of them: a
 * container's window begins when the last of its own jobs ends.
 */
export interface Leaving {
  readonly inputs: number;
  readonly sinceMs: number;
}

/** Containers are gone this much later than the platform says. */
const MARGIN = 1.1;

/** @returns how long containers of a service count after their last input, ms. */
export function windowMs({ scaledownSeconds }: ServiceFigures): number {
  return scaledownSeconds * SECOND_MS * MARGIN;
}

/** @returns places of a service that are charged at a moment, over all holders and orphans. */
export function chargesAt(budget: Budget, service: string, now: number): { jobs: number; http: number } {
  const holders = Object.values(budget.holders).filter((holder) => holder.service === service);
  const orphans = budget.orphans.filter((orphan) => orphan.service === service);
  return {
    jobs: sum([...holders.map((one) => chargeOf(one, now)), ...orphans.map(({ jobs }) => charged(jobs, now))]),
    http: sum([...holders.map((one) => httpChargeOf(one)), ...orphans.map(({ http }) => charged(http, now))]),
  };
}

/** A strand goes from worker to worker, slice by slice: of each its file counts for a slice and a while after it spoke. */
const REMEMBERED_MS = 150 * SECOND_MS;

/** @returns the names of the configurations that count for a service. */
export function namesInForce({ holders, accounts, atMs }: Budget, service: string): Set<string> {
  const living = Object.values(holders).flatMap((one) => (one.service === service ? [one.configured] : []));
  const heard = Object.entries(accounts[service]?.heard ?? {}).filter(([, at]) => atMs - at < REMEMBERED_MS);
  return new Set([...living, ...heard.map(([name]) => name)]);
}

/** @returns the configuration in force for a service: its workers' strictest figures, with what was set by hand before them. */
export function configuredNow(budget: Budget, service: string): Configured | null {
  const account = budget.accounts[service];
  const [first, ...rest] = [...namesInForce(budget, service)].flatMap((name) => budget.configurations[name] ?? []);
  const told = first === undefined ? account?.configured : strictestOf([first, ...rest]);
  if (told === undefined) return null;
  const set = budget.overrides.services[service] ?? {};
  return { ...told, figures: { ...told.figures, ...set }, guessed: told.guessed && set.inputsPerContainer === undefined };
}

/** @returns the cap: what was set by hand, else the lowest of the workers' files. */
export function gpusNow(budget: Budget): number {
  const names = new Set(Object.keys(budget.accounts).flatMap((service) => [...namesInForce(budget, service)]));
  const caps = [...names].flatMap((name) => budget.configurations[name]?.gpus ?? []);
  const known = caps.length > 0 ? caps : Object.values(budget.accounts).map(({ configured }) => configured.gpus);
  return budget.overrides.gpus ?? Math.min(...known);
}

/** GPUs that a service holds at a moment, as far as the platform may have started them. */
export interface Holding {
  readonly containers: number;
  readonly gpus: number;
  /** Of the HTTP front end. */
  readonly frontGpus: number;
}

/** @returns what a service holds: by what is charged, and by what was within its window. */
export function holdingOf(budget: Budget, service: string, now: number): Holding {
  const configured = configuredNow(budget, service);
  if (configured === null) return { containers: 0, gpus: 0, frontGpus: 0 };
  const { figures } = configured;
  const { jobs, http } = chargesAt(budget, service, now);
  const { peaks, leaving } = budget.accounts[service] ?? { peaks: { jobs: [], http: [] }, leaving: null };
  const front = httpPool(figures);
  const containers = need(counted(Math.max(jobs, leaving?.inputs ?? 0), peaks.jobs, now), jobPool(figures));
  const fronts = front === null ? 0 : need(counted(http, peaks.http, now), front);
  return { containers, gpus: containers * figures.gpusPerContainer, frontGpus: fronts * figures.gpusPerContainer };
}

/** What was charged for a service before and after something happened. */
export interface Drop {
  readonly before: { readonly jobs: number; readonly http: number };
  readonly after: { readonly jobs: number; readonly http: number };
  readonly figures: ServiceFigures;
  /** When the oldest job in flight began, over all holders, ms; null where there is none. */
  readonly oldestAtMs: number | null;
}

/** With one job a container, the container of a job that has ended is empty: nothing is spread. */
function leavingAfter({ leaving }: Account, { before, after, figures, oldestAtMs }: Drop, now: number): Leaving | null {
  const pool = jobPool(figures);
  const fewer = after.jobs > 0 && need(after.jobs, pool) < need(before.jobs, pool);
  if (fewer && figures.inputsPerContainer > 1) return { inputs: Math.max(before.jobs, leaving?.inputs ?? 0), sinceMs: now };
  return leaving !== null && oldestAtMs !== null && oldestAtMs <= leaving.sinceMs ? leaving : null;
}

/** @returns the account with what was charged before and is no longer, as containers that are held for a window more. */
export function withDrop(account: Account, drop: Drop, now: number): Account {
  const untilMs = now + windowMs(drop.figures);
  const leaving = leavingAfter(account, drop, now);
  const left = leaving === null ? (account.leaving?.inputs ?? 0) : 0;
  const kept = (kind: 'jobs' | 'http', least: number): Peak[] => {
    const inputs = drop.after[kind] < drop.before[kind] ? drop.before[kind] : 0;
    return withPeak(account.peaks[kind], { inputs: Math.max(inputs, least), untilMs }, now);
  };
  return { ...account, leaving, peaks: { jobs: kept('jobs', left), http: kept('http', 0) } };
}

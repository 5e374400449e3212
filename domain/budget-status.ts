import { chargesAt, configuredNow, gpusNow, holdingOf, namesInForce } from './account.ts';
import { charged, type Holder } from './budget-holder.ts';
import { gpusHeldNow, plausibleGpus, swept, type Budget, type Outsider } from './budget.ts';
import { leastGpus } from './ceiling.ts';
import { allowanceOf, turnsNow } from './ceilings.ts';
import { differencesOf, type Overrides, type SetFigures } from './figures.ts';
import type { Places } from './lease.ts';
import { admissionOrder } from './queue.ts';
import { fairShares } from './shares.ts';
import { isoText, SECOND_MS, sum } from './units.ts';

/** What a budget tells people: who holds what until when, what orphans there are, and why each limit is what it is. */
export interface BudgetStatus {
  readonly as_of: string;
  readonly gpus: GpuStatus;
  readonly services: readonly ServiceBudget[];
  /** Everything set by hand, of services that nobody has used yet as well. */
  readonly overrides: Overrides;
  /** Holders for whom there is no room among the sixteen; who comes first first. */
  readonly waiting: readonly {
    readonly holder: string;
    readonly run: string;
    readonly service: string;
    readonly priority: string;
    readonly since: string;
  }[];
}

export interface GpuStatus {
  readonly cap: number;
  readonly why: string;
  /** Held at this moment, by what was submitted within the windows. */
  readonly held: number;
  /** GPU seconds since the first GPU of this night was held; null before any was. */
  readonly tonight: { readonly since: string; readonly held_s: number; readonly busy_s: number; readonly idle_s: number } | null;
}

interface ServiceBudget {
  readonly service: string;
  readonly ceiling: Places;
  readonly why: string;
  /** Where workers' files differ, in which figures: the lower ceiling holds. */
  readonly differs: readonly string[];
  /** Figures set by hand. */
  readonly set: SetFigures;
  readonly gpus_held: number;
  /** Without so many it does nothing; where that is more than the cap it waits until that is raised. */
  readonly gpus_needed: number;
  readonly charged: number;
  /** Below the ceiling where the service asked for less (429, 502, 503, timeouts); null where it did not. */
  readonly limit: number | null;
  readonly holders: readonly HolderStatus[];
  readonly orphans: readonly OrphanStatus[];
}

interface OrphanStatus {
  readonly holder: string;
  readonly places: number;
  readonly until: string;
  readonly reason: string;
}

interface HolderStatus {
  readonly holder: string;
  readonly run: string;
  readonly priority: string;
  readonly granted: Places;
  readonly in_flight: number;
  readonly ambiguous: number;
  readonly limit: number | null;
  readonly until: string;
  readonly waiting_since: string | null;
}

function holderStatus([name, holder]: readonly [string, Holder], now: number): HolderStatus {
  const { run, priority, granted, inFlight, ambiguous, limit, expiresAtMs, waitingSinceMs } = holder;
  return {
    holder: name,
    run,
    priority,
    granted,
    in_flight: inFlight,
    ambiguous: charged(ambiguous, now),
    limit,
    until: isoText(expiresAtMs),
    waiting_since: waitingSinceMs === null ? null : isoText(waitingSinceMs),
  };
}

/** What the service's holders together may use since it asked for less. */
function limitOf(ceiling: number, holders: readonly (readonly [string, Holder])[]): number | null {
  if (holders.every(([, { limit }]) => limit === null)) return null;
  const claims = holders.map(([holder, { want, priority }]) => ({ holder, want: want.jobs, priority }));
  const shares = fairShares(ceiling, claims);
  const limited = holders.map(([holder, { limit }]) => Math.min(shares.get(holder) ?? 0, limit ?? Infinity));
  return Math.min(ceiling, sum(limited));
}

function serviceBudget(budget: Budget, service: string, now: number): ServiceBudget {
  const holders = Object.entries(budget.holders).filter(([, holder]) => holder.service === service);
  const { ceiling } = allowanceOf({ budget, turns: turnsNow(budget, now), now }, service);
  const { gpus, frontGpus } = holdingOf(budget, service, now);
  const needed = configuredNow(budget, service);
  const orphans = budget.orphans.filter((orphan) => orphan.service === service);
  return {
    service,
    ceiling: { jobs: ceiling.jobs, http: ceiling.http },
    why: ceiling.why,
    differs: differencesOf([...namesInForce(budget, service)].flatMap((name) => budget.configurations[name] ?? [])),
    set: budget.overrides.services[service] ?? {},
    gpus_held: plausibleGpus(budget, gpus + frontGpus),
    gpus_needed: needed === null ? 0 : leastGpus(needed.figures),
    charged: chargesAt(budget, service, now).jobs,
    limit: limitOf(ceiling.jobs, holders),
    holders: holders.map((named) => holderStatus(named, now)),
    orphans: orphans.flatMap(({ holder, jobs, reason }) =>
      jobs
        .filter(({ untilMs }) => untilMs > now)
        .map(({ places, untilMs }) => ({ holder, places, until: isoText(untilMs), reason })),
    ),
  };
}

function gpuStatus(budget: Budget, now: number): GpuStatus {
  const caps = Object.values(budget.configurations).map(({ gpus }) => gpus);
  const differ = new Set(caps).size > 1 ? `; workers say ${[...new Set(caps)].join(' and ')}: the lowest holds` : '';
  const { sinceMs, heldMs, busyMs } = budget.meter;
  const [held_s, busy_s] = [Math.round(heldMs / SECOND_MS), Math.round(busyMs / SECOND_MS)];
  const cap = gpusNow(budget);
  return {
    cap: Number.isFinite(cap) ? cap : 0,
    why: budget.overrides.gpus === null ? `as the workers are configured${differ}` : 'set by hand (`tilescribe budget set`)',
    held: gpusHeldNow(budget, now),
    tonight: sinceMs === null ? null : { since: isoText(sinceMs), held_s, busy_s, idle_s: held_s - busy_s },
  };
}

function outsiderStatus(holder: string, { run, service, priority, sinceMs }: Outsider): BudgetStatus['waiting'][number] {
  return { holder, run, service, priority, since: isoText(sinceMs) };
}

/** @param now ms; a query's own clock stands still, so whoever asks says when it is. */
export function budgetStatus(budget: Budget, now: number): BudgetStatus {
  const fresh = swept(budget, now);
  const known = Object.keys(fresh.accounts).filter((service) => configuredNow(fresh, service) !== null);
  const waiting = admissionOrder(Object.entries(fresh.outsiders)).flatMap((holder) => {
    const outsider = fresh.outsiders[holder];
    return outsider === undefined ? [] : [outsiderStatus(holder, outsider)];
  });
  return {
    as_of: isoText(now),
    gpus: gpuStatus(fresh, now),
    services: known.toSorted().map((service) => serviceBudget(fresh, service, now)),
    overrides: fresh.overrides,
    waiting,
  };
}

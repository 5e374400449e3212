import { chargeOf, lowestCeiling, swept, type Budget } from './budget.ts';
import type { Places } from './lease.ts';

/** What a budget tells people: who holds what until when, what orphans there are, and why each limit is what it is. */
export interface BudgetStatus {
  readonly as_of: string;
  readonly services: readonly ServiceBudget[];
}

interface ServiceBudget {
  readonly service: string;
  readonly ceiling: Places;
  readonly why: string;
  readonly charged: number;
  readonly holders: readonly HolderStatus[];
  readonly orphans: readonly {
    readonly holder: string;
    readonly places: number;
    readonly until: string;
    readonly reason: string;
  }[];
}

interface HolderStatus {
  readonly holder: string;
  readonly run: string;
  readonly priority: string;
  readonly granted: Places;
  readonly in_flight: number;
  readonly ambiguous: number;
  readonly until: string;
  readonly waiting_since: string | null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function serviceBudget(budget: Budget, service: string, now: number): ServiceBudget {
  const holders = Object.entries(budget.holders).filter(([, holder]) => holder.service === service);
  const orphans = budget.orphans.filter(
    (orphan) => orphan.service === service && orphan.jobs.places > 0 && orphan.jobs.untilMs > now,
  );
  const [first, ...rest] = holders.map(([, { ceiling }]) => ceiling);
  const ceiling = first === undefined ? null : lowestCeiling([first, ...rest]);
  const orphaned = orphans.reduce((sum, { jobs }) => sum + jobs.places, 0);
  return {
    service,
    ceiling: ceiling === null ? { jobs: 0, http: 0 } : { jobs: ceiling.jobs, http: ceiling.http },
    why: ceiling?.why ?? 'nobody holds a lease: the next holder brings its configuration',
    charged: orphaned + holders.reduce((sum, [, holder]) => sum + chargeOf(holder, now), 0),
    holders: holders.map(([name, holder]) => ({
      holder: name,
      run: holder.run,
      priority: holder.priority,
      granted: holder.granted,
      in_flight: holder.inFlight,
      ambiguous: holder.ambiguous.filter(({ untilMs }) => untilMs > now).reduce((sum, { places }) => sum + places, 0),
      until: iso(holder.expiresAtMs),
      waiting_since: holder.waitingSinceMs === null ? null : iso(holder.waitingSinceMs),
    })),
    orphans: orphans.map(({ holder, jobs, reason }) => ({ holder, places: jobs.places, until: iso(jobs.untilMs), reason })),
  };
}

/** @param now ms; a query's own clock stands still, so whoever asks says when it is. */
export function budgetStatus(budget: Budget, now: number): BudgetStatus {
  const fresh = swept(budget, now);
  const services = new Set([
    ...Object.values(fresh.holders).map(({ service }) => service),
    ...fresh.orphans.map(({ service }) => service),
  ]);
  return { as_of: iso(now), services: [...services].toSorted().map((service) => serviceBudget(fresh, service, now)) };
}

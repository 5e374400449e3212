/**
 * How far a strand goes while its service asks for less, in jobs in flight (services.md section 2: adapt downward
 * only). Plain JSON: it is kept in the strand's log, so that whoever takes over does not begin with a burst.
 */
export interface Limit {
  readonly jobs: number;
  /** Since it last changed. */
  readonly successes: number;
  /** Wall clock ms. */
  readonly halvedAtMs: number;
}

/** What a request that has ended says of the service's load: when it was started, and when it ended, ms. */
export interface LoadSign {
  readonly startedAtMs: number;
  readonly now: number;
}

/** Requests that left before the last halving say nothing of what was in force after it. */
function isOld(limit: Limit, { startedAtMs, now }: LoadSign): boolean {
  return startedAtMs <= limit.halvedAtMs && limit.halvedAtMs <= now;
}

/**
 * The service asks for less: half of what is in force, at least 1. Requests that left together and failed together
 * halve it once.
 *
 * @param inForce jobs that may be, or are, in flight without the limit.
 */
export function halved(limit: Limit | null, sign: LoadSign & { readonly inForce: number }): Limit {
  if (limit !== null && isOld(limit, sign)) return limit;
  const before = Math.min(limit?.jobs ?? Number.POSITIVE_INFINITY, sign.inForce);
  return { jobs: Math.max(1, Math.floor(before / 2)), successes: 0, halvedAtMs: sign.now };
}

/**
 * A success is a submit that was accepted and an answer that was collected, of a request that left after the last
 * halving. As many as the limit has jobs bring one job back; at the ceiling there is no limit any more.
 *
 * @param ceiling job places of the service at this moment; 0 or null where that is not known.
 */
export function eased(limit: Limit | null, sign: LoadSign & { readonly ceiling: number | null }): Limit | null {
  if (limit === null || isOld(limit, sign)) return limit;
  const successes = limit.successes + 1;
  const grown = successes < limit.jobs ? { ...limit, successes } : { ...limit, jobs: limit.jobs + 1, successes: 0 };
  const ceiling = sign.ceiling ?? 0;
  return ceiling > 0 && grown.jobs >= ceiling ? null : grown;
}

/** @returns what may be used of so many places. */
export function within(limit: Limit | null, places: number): number {
  return Math.min(places, limit?.jobs ?? places);
}

import { SECOND_MS } from './units.ts';

/** Jobs in flight, summed over time, as far as the budget has not been told. Plain JSON: it is kept in the strand's log. */
export interface Busy {
  /** job x ms. */
  readonly jobMs: number;
  /** In flight at `atMs`. */
  readonly jobs: number;
  /** Counted up to here, wall clock ms. */
  readonly atMs: number;
}

/** Whoever has jobs in flight looks for them more often than this: a longer gap is nobody's work. */
const LONGEST_GAP_MS = 60 * SECOND_MS;

export const NOT_BUSY: Busy = { jobMs: 0, jobs: 0, atMs: 0 };

/** @returns the sum up to now, and how many jobs are in flight from now on. */
export function busyUntil(busy: Busy, { jobs, now }: { readonly jobs: number; readonly now: number }): Busy {
  const gapMs = Math.min(LONGEST_GAP_MS, Math.max(0, now - busy.atMs));
  return { jobMs: busy.jobMs + busy.jobs * gapMs, jobs, atMs: now };
}

/** @returns the sum without what the budget has been told. */
export function withoutTold(busy: Busy, jobMs: number): Busy {
  return { ...busy, jobMs: Math.max(0, busy.jobMs - jobMs) };
}

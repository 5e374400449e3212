import type { Places } from './lease.ts';
import type { Claim } from './shares.ts';

/** What decides whose turn it is. Times are ms. */
export interface Claimant {
  readonly want: Places;
  readonly sinceMs: number;
  /** Null while it has what it needs. */
  readonly waitingSinceMs: number | null;
}

/** A holder's name with its claim. */
export type Named = readonly [string, Claimant];

/**
 * Those who wait come first, longest first; then whoever has been here longest, so that shares do not swing. Reports
 * of one workflow task have one time: their holders' names decide, or each would give way to the other for ever.
 */
function inTurn([nameA, a]: Named, [nameB, b]: Named): number {
  const never = Number.MAX_SAFE_INTEGER;
  const waits = (a.waitingSinceMs ?? never) - (b.waitingSinceMs ?? never);
  return waits || a.sinceMs - b.sinceMs || (nameA < nameB ? -1 : 1);
}

/** @returns what all want, in the order in which single places are dealt. */
export function claimsInTurn(claimants: readonly Named[]): { jobs: Claim[]; http: Claim[] } {
  const ordered = claimants.toSorted(inTurn);
  return {
    jobs: ordered.map(([holder, { want }]) => ({ holder, want: want.jobs })),
    http: ordered.map(([holder, { want }]) => ({ holder, want: want.http })),
  };
}

import type { Places } from './lease.ts';
import { comparePriorities, type Claim } from './shares.ts';
import type { Priority } from './spec.ts';

/** What decides whose turn it is. Times are ms. */
export interface Claimant {
  readonly want: Places;
  readonly priority: Priority;
  readonly sinceMs: number;
  /** Null while it has what it needs. */
  readonly waitingSinceMs: number | null;
}

/** A holder's name with its claim. */
export type Named<One extends Pick<Claimant, 'priority'>> = readonly [string, One];

/**
 * Those who wait come first, longest first; then whoever has been here longest, so that shares do not swing. Reports
 * of one workflow task have one time: their holders' names decide, or each would give way to the other for ever.
 */
function inTurn([nameA, a]: Named<Claimant>, [nameB, b]: Named<Claimant>): number {
  const never = Number.MAX_SAFE_INTEGER;
  const waits = (a.waitingSinceMs ?? never) - (b.waitingSinceMs ?? never);
  return waits || a.sinceMs - b.sinceMs || (nameA < nameB ? -1 : 1);
}

/** @returns what all want, in the order in which places of equal right are dealt. */
export function claimsInTurn(claimants: readonly Named<Claimant>[]): { jobs: Claim[]; http: Claim[] } {
  const ordered = claimants.toSorted(inTurn);
  return {
    jobs: ordered.map(([holder, { want, priority }]) => ({ holder, want: want.jobs, priority })),
    http: ordered.map(([holder, { want, priority }]) => ({ holder, want: want.http, priority })),
  };
}

/** @returns those who wait to be let in, who comes first first: by priority, then by how long they have waited. */
export function admissionOrder(waiting: readonly Named<{ priority: Priority; sinceMs: number }>[]): string[] {
  const ordered = waiting.toSorted(
    ([nameA, a], [nameB, b]) => comparePriorities(a.priority, b.priority) || a.sinceMs - b.sinceMs || (nameA < nameB ? -1 : 1),
  );
  return ordered.map(([name]) => name);
}

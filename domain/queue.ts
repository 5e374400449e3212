import type { Places } from './lease.ts';
import { comparePriorities, type Claim } from './shares.ts';
import type { Priority } from './spec.ts';
import { HOUR_MS } from './units.ts';

/** What decides whose turn it is. Times are ms. */
export interface Claimant {
  readonly want: Places;
  readonly priority: Priority;
  readonly sinceMs: number;
  /** Null while it has what it needs. */
  readonly waitingSinceMs: number | null;
  /** Since when it has had no more than one place and wanted more; null while it has more. */
  readonly shortSinceMs?: number | null;
}

/** A holder's name with its claim. */
export type Named<One extends Pick<Claimant, 'priority'>> = readonly [string, One];

/** A night is shorter: who gives way to nights has had its time by day. */
export const OVERDUE_AFTER_MS = 12 * HOUR_MS;

/** @returns whether a backfill has given way for so long that it may no more be passed over. */
export function isOverdue({ priority, shortSinceMs }: Pick<Claimant, 'priority' | 'shortSinceMs'>, now: number): boolean {
  return priority === 'backfill' && now - (shortSinceMs ?? now) >= OVERDUE_AFTER_MS;
}

/**
 * Those who wait come first, longest first; then whoever has been here longest, so that shares do not swing. Reports
 * of one workflow task have one time: their holders' names decide, or each would give way to the other for ever.
 */
function inTurn([nameA, a]: Named<Claimant>, [nameB, b]: Named<Claimant>): number {
  const never = Number.MAX_SAFE_INTEGER;
  const waits = (a.waitingSinceMs ?? never) - (b.waitingSinceMs ?? never);
  return waits || a.sinceMs - b.sinceMs || (nameA < nameB ? -1 : 1);
}

/** @returns job places that all want, in the order in which places of equal right are dealt. */
export function jobClaims(claimants: readonly Named<Claimant>[], now: number): Claim[] {
  return claimants.toSorted(inTurn).map(([holder, one]) => {
    return { holder, want: one.want.jobs, priority: one.priority, overdue: isOverdue(one, now) };
  });
}

/** What somebody could do with HTTP places: all it wants, one of them and what others leave, nothing. */
export type HttpUse = 'all' | 'one first' | 'none';

/** @returns HTTP places that all want, in the same order. */
export function httpClaims<One extends Claimant>(
  claimants: readonly Named<One>[],
  useOf: (claimant: Named<One>) => HttpUse,
): Claim[] {
  return claimants.toSorted(inTurn).map((claimant) => {
    const [holder, { want, priority }] = claimant;
    const use = useOf(claimant);
    return { holder, want: use === 'none' ? 0 : want.http, priority: use === 'one first' ? 'backfill' : priority };
  });
}

/** @returns those who wait to be let in, who comes first first: by priority, then by how long they have waited. */
export function admissionOrder(waiting: readonly Named<{ priority: Priority; sinceMs: number }>[]): string[] {
  const ordered = waiting.toSorted(
    ([nameA, a], [nameB, b]) => comparePriorities(a.priority, b.priority) || a.sinceMs - b.sinceMs || (nameA < nameB ? -1 : 1),
  );
  return ordered.map(([name]) => name);
}

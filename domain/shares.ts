import type { Priority } from './spec.ts';

/** Who wants how much, in the order in which places of equal right are dealt. */
export interface Claim {
  readonly holder: string;
  readonly want: number;
  readonly priority: Priority;
}

/** How much more a place is worth to whom: a backfill gets what a night leaves, but never nothing. */
const WEIGHTS: Readonly<Record<Priority, number>> = { interactive: 64, nightly: 8, backfill: 1 };

/** @returns below 0 where `a` goes before `b`. */
export function comparePriorities(a: Priority, b: Priority): number {
  return WEIGHTS[b] - WEIGHTS[a];
}

/** The claim that has least for its weight; of equals the first. */
function poorest(hungry: readonly Claim[], shares: ReadonlyMap<string, number>): Claim | undefined {
  const has = ({ holder, priority }: Claim): number => (shares.get(holder) ?? 0) / WEIGHTS[priority];
  return hungry.reduce<Claim | undefined>(
    (least, claim) => (least === undefined || has(claim) < has(least) ? claim : least),
    undefined,
  );
}

/**
 * Whole shares by weight: places are dealt one at a time, each to whoever has least for its weight, so that everybody
 * has one before anybody has two, and what one does not want flows on to the others.
 *
 * @returns places by holder; their sum is at most `capacity`.
 */
export function fairShares(capacity: number, claims: readonly Claim[]): Map<string, number> {
  const shares = new Map(claims.map(({ holder }) => [holder, 0]));
  let hungry = claims.filter(({ want }) => want > 0);
  for (let left = Math.floor(capacity); left > 0; left -= 1) {
    const next = poorest(hungry, shares);
    if (next === undefined) break;
    const share = (shares.get(next.holder) ?? 0) + 1;
    shares.set(next.holder, share);
    if (share >= next.want) hungry = hungry.filter((claim) => claim !== next);
  }
  return shares;
}

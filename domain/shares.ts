/** Who wants how much, in the order in which single places are dealt. */
export interface Claim {
  readonly holder: string;
  readonly want: number;
}

/**
 * Whole, equal shares: places are dealt one at a time in the order of the claims until all wants are met or none is
 * left, so that what one does not want flows on to the others and with one place and two holders the first has it.
 *
 * @returns places by holder; their sum is at most `capacity`.
 */
export function equalShares(capacity: number, claims: readonly Claim[]): Map<string, number> {
  const shares = new Map(claims.map((claim) => [claim.holder, 0]));
  let left = Math.max(0, Math.floor(capacity));
  let hungry = claims.filter((claim) => claim.want > 0);
  while (left > 0 && hungry.length > 0) {
    const each = Math.max(1, Math.floor(left / hungry.length));
    for (const { holder, want } of hungry) {
      const had = shares.get(holder) ?? 0;
      const more = Math.min(each, want - had, left);
      shares.set(holder, had + more);
      left -= more;
    }
    hungry = hungry.filter(({ holder, want }) => (shares.get(holder) ?? 0) < want);
  }
  return shares;
}

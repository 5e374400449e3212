import type { Priority } from './spec.ts';
import { sum } from './units.ts';

/** Who wants how much, in the order in which places of equal right are dealt. */
export interface Claim {
  readonly holder: string;
  readonly want: number;
  readonly priority: Priority;
  /** A backfill that has had no more than one place for long: its class has one before others have two. */
  readonly overdue?: boolean;
}

const ORDER: readonly Priority[] = ['interactive', 'nightly', 'backfill'];
/** How much more a place is worth to which class, however many holders it has. A backfill has what the others leave. */
const WEIGHTS = { interactive: 8, nightly: 1 } as const;
/** Less than any class could have for its weight: one place, and none more before the others have all they want. */
const OVERDUE_WEIGHT = 1e-6;

/** @returns below 0 where `a` goes before `b`. */
export function comparePriorities(a: Priority, b: Priority): number {
  return ORDER.indexOf(a) - ORDER.indexOf(b);
}

interface Asking<Name> {
  readonly name: Name;
  readonly want: number;
  readonly weight: number;
}

/** Places one at a time, each to whoever has least for its weight; of equals to the first. */
function dealt<Name>(capacity: number, all: readonly Asking<Name>[]): Map<Name, number> {
  const shares = new Map(all.map(({ name }) => [name, 0]));
  const has = ({ name, weight }: Asking<Name>): number => (shares.get(name) ?? 0) / weight;
  let hungry = all.filter(({ want }) => want > 0);
  for (let left = Math.floor(capacity); left > 0 && hungry.length > 0; left -= 1) {
    const next = hungry.reduce((least, one) => (has(one) < has(least) ? one : least));
    const share = (shares.get(next.name) ?? 0) + 1;
    shares.set(next.name, share);
    if (share >= next.want) hungry = hungry.filter((one) => one !== next);
  }
  return shares;
}

/** Places of the classes: those with a weight share, the backfill has what they do not want. */
function sharesOfClasses(capacity: number, claims: readonly Claim[]): Map<Priority, number> {
  const inTurn = [...new Set(claims.map(({ priority }) => priority))];
  // A single place goes round; where there is one for each, ties are decided alike every time, or shares would swing.
  const classes = (capacity < 2 ? inTurn : ORDER.filter((one) => inTurn.includes(one))).map((priority) => {
    const own = claims.filter((claim) => claim.priority === priority);
    return { priority, want: sum(own.map((one) => one.want)), overdue: own.some((one) => one.overdue === true) };
  });
  const asking = classes.flatMap(({ priority, want, overdue }): Asking<Priority>[] => {
    if (priority !== 'backfill') return [{ name: priority, want, weight: WEIGHTS[priority] }];
    return overdue ? [{ name: priority, want: Math.min(1, want), weight: OVERDUE_WEIGHT }] : [];
  });
  const shares = dealt(capacity, asking);
  const left = Math.max(0, Math.floor(capacity) - sum([...shares.values()]));
  const backfill = classes.find(({ priority }) => priority === 'backfill');
  const floor = shares.get('backfill') ?? 0;
  if (backfill !== undefined) shares.set('backfill', floor + Math.min(left, backfill.want - floor));
  return shares;
}

/**
 * Whole shares: the places of a class are dealt one at a time among its holders, so that each has one before any has two,
 * and what one does not want flows on, within its class and then to the others.
 *
 * @returns places by holder; their sum is at most `capacity`.
 */
export function fairShares(capacity: number, claims: readonly Claim[]): Map<string, number> {
  const classes = sharesOfClasses(capacity, claims);
  const shares = ORDER.flatMap((priority) => {
    const own = claims.filter((claim) => claim.priority === priority);
    return [
      ...dealt(
        classes.get(priority) ?? 0,
        own.map(({ holder, want }) => ({ name: holder, want, weight: 1 })),
      ),
    ];
  });
  const byHolder = new Map(shares);
  return new Map(claims.map(({ holder }) => [holder, byHolder.get(holder) ?? 0]));
}

/** @returns the same where nobody is left without one, of whatever priority, while another has two. */
export function sharesWithOneEach(capacity: number, claims: readonly Claim[]): Map<string, number> {
  const first = dealt(
    capacity,
    claims.map(({ holder, want }) => ({ name: holder, want: Math.min(1, want), weight: 1 })),
  );
  const left = capacity - sum([...first.values()]);
  const more = fairShares(
    left,
    claims.map((claim) => ({ ...claim, want: claim.want - (first.get(claim.holder) ?? 0) })),
  );
  return new Map(claims.map(({ holder }) => [holder, (first.get(holder) ?? 0) + (more.get(holder) ?? 0)]));
}

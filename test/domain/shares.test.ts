import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShares, sharesWithOneEach, type Claim } from '../../domain/shares.ts';
import type { Priority } from '../../domain/spec.ts';

const wants = (...all: number[]): Claim[] => all.map((want, n) => ({ holder: `h${n}`, want, priority: 'nightly' }));
const shares = (capacity: number, ...all: number[]): number[] => [...fairShares(capacity, wants(...all)).values()];

const anyCapacity = fc.integer({ min: -5, max: 100 });
const anyWants = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
const anyDeal = fc.tuple(anyCapacity, anyWants);

describe('shares of places', () => {
  it.each([
    [16, [16, 16], [8, 8]],
    [16, [16], [16]],
    [17, [16, 16], [9, 8]],
    [1, [1, 1], [1, 0]],
    [2, [5, 5, 5], [1, 1, 0]],
    [16, [3, 16], [3, 13]],
    [16, [16, 0], [16, 0]],
    [16, [4, 2], [4, 2]],
    [16, [1, 16, 16], [1, 8, 7]],
    [0, [4, 4], [0, 0]],
    [-3, [4], [0]],
    [5.9, [9], [5]],
  ])('of %d for those who want %j are %j', (capacity, asked, dealt) => {
    expect(shares(capacity, ...asked)).toEqual(dealt);
  });

  it('never add up to more than there is, and leave none idle that is wanted', () => {
    fc.assert(
      fc.property(anyDeal, ([capacity, asked]) => {
        const dealt = shares(capacity, ...asked).reduce((sum, places) => sum + places, 0);
        const wanted = asked.reduce((sum, want) => sum + want, 0);
        expect(dealt).toBe(Math.min(Math.max(0, capacity), wanted));
      }),
    );
  });

  it('give nobody more than is wanted, and never less than nothing', () => {
    fc.assert(
      fc.property(anyDeal, ([capacity, asked]) => {
        shares(capacity, ...asked).forEach((places, n) => {
          expect(places).toBeGreaterThanOrEqual(0);
          expect(places).toBeLessThanOrEqual(asked[n] ?? 0);
        });
      }),
    );
  });

  it('are equal within one among all who could use more, and the first in turn have the single places', () => {
    fc.assert(
      fc.property(anyDeal, ([capacity, asked]) => {
        const dealt = shares(capacity, ...asked);
        const hungry = dealt.filter((places, n) => places < (asked[n] ?? 0));
        const most = Math.max(0, ...dealt);
        for (const places of hungry) expect(most - places).toBeLessThanOrEqual(1);
        expect(hungry).toEqual(hungry.toSorted((a, b) => b - a));
      }),
    );
  });

  it('are whole places', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), anyWants, (capacity, asked) => {
        for (const places of shares(capacity, ...asked)) expect(Number.isInteger(places)).toBe(true);
      }),
    );
  });
});

describe('shares by priority', () => {
  const dealt = (capacity: number, claims: Partial<Record<Priority, number>>): Partial<Record<Priority, number>> => {
    const all = Object.entries(claims).map(([priority, want]) => ({ holder: priority, want, priority: priority as Priority }));
    return Object.fromEntries(fairShares(capacity, all));
  };

  it.each([
    [72, { interactive: 100, nightly: 100, backfill: 100 }, { interactive: 64, nightly: 8, backfill: 0 }],
    [16, { interactive: 16, nightly: 16, backfill: 16 }, { interactive: 14, nightly: 2, backfill: 0 }],
    [2, { nightly: 16, interactive: 16 }, { interactive: 1, nightly: 1 }],
    [16, { nightly: 16, backfill: 16 }, { nightly: 16, backfill: 0 }],
    [16, { nightly: 12, backfill: 16 }, { nightly: 12, backfill: 4 }],
    [16, { interactive: 3, nightly: 16, backfill: 16 }, { interactive: 3, nightly: 13, backfill: 0 }],
    [16, { interactive: 3, backfill: 16 }, { interactive: 3, backfill: 13 }],
    [16, { interactive: 0, nightly: 0, backfill: 40 }, { interactive: 0, nightly: 0, backfill: 16 }],
  ])('of %d places for %j are %j: a backfill has what the others leave', (capacity, wanted, expected) => {
    expect(dealt(capacity, wanted)).toEqual(expected);
  });

  const priority = fc.constantFrom<Priority>('interactive', 'nightly', 'backfill');
  const anyClaims = fc
    .array(fc.record({ want: fc.integer({ min: 0, max: 40 }), priority, overdue: fc.boolean() }), { maxLength: 16 })
    .map((all) => all.map((one, n): Claim => ({ ...one, holder: `h${n}` })));

  it('are the same for those of a higher priority, whatever backfills there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), anyClaims, (capacity, claims) => {
        const prompt = claims.map((claim) => ({ ...claim, overdue: false }));
        const night = prompt.filter((claim) => claim.priority !== 'backfill');
        const alone = fairShares(capacity, night);
        const together = fairShares(capacity, prompt);
        for (const { holder } of night) expect(together.get(holder)).toBe(alone.get(holder));
      }),
    );
  });

  it('do not depend on how many holders another class has, only on what they want', () => {
    const night = (strands: number): Claim[] =>
      Array.from({ length: strands }, (_, n) => ({ holder: `n${n}`, want: 100, priority: 'nightly' }));
    const person: Claim = { holder: 'person', want: 100, priority: 'interactive' };
    for (const strands of [1, 2, 9]) expect(fairShares(18, [...night(strands), person]).get('person')).toBe(16);
  });

  it('leave no class but a backfill without a place while another has two', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), anyClaims, (capacity, claims) => {
        const given = fairShares(capacity, claims);
        const classes = (['interactive', 'nightly'] as const).flatMap((one) => {
          const own = claims.filter((claim) => claim.priority === one);
          const wanted = own.some(({ want }) => want > 0);
          return wanted ? [own.reduce((all, { holder }) => all + (given.get(holder) ?? 0), 0)] : [];
        });
        expect(Math.min(...classes) > 0 || Math.max(0, ...classes) <= 1).toBe(true);
      }),
    );
  });

  it('give one place to a backfill that has waited for too long, however many of them there are', () => {
    const backfill = (n: number): Claim => ({ holder: `b${n}`, want: 50, priority: 'backfill', overdue: true });
    const night: Claim = { holder: 'night', want: 100, priority: 'nightly' };
    expect([...fairShares(16, [night, backfill(0), backfill(1)])]).toEqual([
      ['night', 15],
      ['b0', 1],
      ['b1', 0],
    ]);
    expect([...fairShares(16, [{ ...night, want: 10 }, backfill(0), backfill(1)])]).toEqual([
      ['night', 10],
      ['b0', 3],
      ['b1', 3],
    ]);
  });

  it('leave nothing idle that anybody wants', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), anyClaims, (capacity, claims) => {
        const all = [...fairShares(capacity, claims).values()].reduce((sum, share) => sum + share, 0);
        const wanted = claims.reduce((sum, { want }) => sum + want, 0);
        expect(all).toBe(Math.min(capacity, wanted));
      }),
    );
  });

  it('with one for each leave nobody without one while another has two, of whatever priority', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), anyClaims, (capacity, claims) => {
        const given = sharesWithOneEach(capacity, claims);
        const had = claims.filter(({ want }) => want > 0).map(({ holder }) => given.get(holder) ?? 0);
        expect(Math.min(...had) > 0 || Math.max(0, ...had) <= 1).toBe(true);
        const wanted = claims.reduce((sum, { want }) => sum + want, 0);
        expect([...given.values()].reduce((sum, share) => sum + share, 0)).toBe(Math.min(capacity, wanted));
      }),
    );
  });
});

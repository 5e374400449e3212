import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShares, type Claim } from '../../domain/shares.ts';
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
    [73, { interactive: 100, nightly: 100, backfill: 100 }, { interactive: 64, nightly: 8, backfill: 1 }],
    [146, { backfill: 200, nightly: 200, interactive: 200 }, { interactive: 128, nightly: 16, backfill: 2 }],
    [16, { interactive: 16, nightly: 16, backfill: 16 }, { interactive: 13, nightly: 2, backfill: 1 }],
    [16, { nightly: 16, backfill: 16 }, { nightly: 14, backfill: 2 }],
    [16, { interactive: 3, nightly: 16, backfill: 16 }, { interactive: 3, nightly: 11, backfill: 2 }],
    [16, { interactive: 3, backfill: 16 }, { interactive: 3, backfill: 13 }],
    [16, { interactive: 0, nightly: 0, backfill: 40 }, { interactive: 0, nightly: 0, backfill: 16 }],
  ])(
    'of %d places for %j are %j: nobody is left without one, and what one does not want flows on',
    (capacity, wanted, expected) => {
      expect(dealt(capacity, wanted)).toEqual(expected);
    },
  );

  it('never leave anybody without a place while another has two', () => {
    const priority = fc.constantFrom<Priority>('interactive', 'nightly', 'backfill');
    const some = fc.array(fc.record({ want: fc.integer({ min: 1, max: 40 }), priority }), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), some, (capacity, all) => {
        const claims = all.map((one, n) => ({ ...one, holder: `h${n}` }));
        const places = [...fairShares(capacity, claims).values()];
        expect(Math.min(...places) > 0 || Math.max(...places) <= 1).toBe(true);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eased, halved, within, type Limit } from '../../domain/limit.ts';

const CEILING = 20;

/** A reply, whether it asked for less, and how long its request took. */
const sign = fc.record({
  overload: fc.boolean(),
  tookMs: fc.integer({ min: 1, max: 5_000 }),
  afterMs: fc.integer({ min: 1, max: 2_000 }),
});

interface Step {
  readonly before: Limit | null;
  readonly after: Limit | null;
  readonly overload: boolean;
  readonly startedAtMs: number;
}

function walked(signs: readonly { overload: boolean; tookMs: number; afterMs: number }[]): Step[] {
  let now = 1_000_000;
  let limit: Limit | null = null;
  return signs.map(({ overload, tookMs, afterMs }) => {
    now += afterMs;
    const before = limit;
    const startedAtMs = now - tookMs;
    limit = overload
      ? halved(before, { startedAtMs, now, inForce: CEILING })
      : eased(before, { startedAtMs, now, ceiling: CEILING });
    return { before, after: limit, overload, startedAtMs };
  });
}

/** @returns the limit after so many successes in a row. */
function after(limit: Limit | null, successes: number): Limit | null {
  let next = limit;
  for (let at = 1; at <= successes; at += 1) next = eased(next, { startedAtMs: 10_000 + at, now: 10_000 + at, ceiling: CEILING });
  return next;
}

const half = (inForce: number): Limit => halved(null, { startedAtMs: 900, now: 1_000, inForce });

describe('the limit of a strand whose service asks for less', () => {
  it('is never below one job nor at or above the ceiling, whatever the service says', () => {
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 200 }), (signs) => {
        const limits = walked(signs).flatMap(({ after: limit }) => (limit === null ? [] : [limit.jobs]));
        expect(limits.every((jobs) => jobs >= 1 && jobs < CEILING && Number.isInteger(jobs))).toBe(true);
      }),
    );
  });

  it('only falls where the service asks for less, and then by half; otherwise it grows by one or not at all', () => {
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 200 }), (signs) => {
        for (const { before, after: limit, overload } of walked(signs)) {
          const from = before?.jobs ?? CEILING;
          const to = limit?.jobs ?? CEILING;
          expect(overload ? [from, Math.max(1, Math.floor(from / 2))] : [from, from + 1]).toContain(to);
        }
      }),
    );
  });

  it('is halved once by requests that left together, and moved by none that left before it was', () => {
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 200 }), (signs) => {
        const old = walked(signs).filter(({ before, startedAtMs }) => before !== null && startedAtMs <= before.halvedAtMs);
        for (const { before, after: limit } of old) expect(limit).toEqual(before);
      }),
    );
  });

  it('grows by one for as many successes as it has jobs', () => {
    const limit = half(8);
    expect(limit.jobs).toBe(4);
    expect(after(limit, 3)?.jobs).toBe(4);
    expect(after(limit, 4)?.jobs).toBe(5);
    expect(after(limit, 9)?.jobs).toBe(6);
  });

  it('is gone once the service has taken what the ceiling allows', () => {
    const needed = Array.from({ length: CEILING - 10 }, (_, at) => 10 + at).reduce((sum, jobs) => sum + jobs, 0);
    expect(after(half(CEILING), needed - 1)).toMatchObject({ jobs: CEILING - 1 });
    expect(after(half(CEILING), needed)).toBeNull();
  });

  it('stays where nobody knows the ceiling, or the service waits for its turn', () => {
    for (const ceiling of [null, 0])
      expect(eased({ ...half(2), jobs: 50 }, { startedAtMs: 2_000, now: 2_000, ceiling })?.jobs).toBe(50);
  });

  it('listens to the service although another clock halved it in what is the future here', () => {
    const limit: Limit = { jobs: 8, successes: 0, halvedAtMs: 9_000 };
    expect(halved(limit, { startedAtMs: 4_000, now: 5_000, inForce: 20 })).toEqual({ jobs: 4, successes: 0, halvedAtMs: 5_000 });
  });

  it('gives no places, it only takes some', () => {
    expect([within(null, 5), within(half(8), 5), within(half(8), 3), within(half(8), 0)]).toEqual([5, 4, 3, 0]);
  });
});

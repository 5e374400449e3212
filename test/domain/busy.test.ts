import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busyUntil, NOT_BUSY, withoutTold } from '../../domain/busy.ts';

const looks = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 60_000 }), jobs: fc.integer({ min: 0, max: 50 }) }));

describe('the time that jobs are in flight', () => {
  it('is the number of jobs times the time until the next look, whenever that is', () => {
    fc.assert(
      fc.property(looks, (all) => {
        let now = 1_000;
        let expected = 0;
        let busy = busyUntil(NOT_BUSY, { jobs: 0, now });
        for (const { afterMs, jobs } of all) {
          now += afterMs;
          expected += busy.jobs * afterMs;
          busy = busyUntil(busy, { jobs, now });
        }
        expect(busy.jobMs).toBe(expected);
      }),
    );
  });

  it('does not grow by hours in which nobody looked, nor shrink where a clock goes back', () => {
    const busy = busyUntil(NOT_BUSY, { jobs: 2, now: 10_000 });
    expect(busyUntil(busy, { jobs: 2, now: 10_000 + 3_600_000 }).jobMs).toBe(120_000);
    expect(busyUntil(busy, { jobs: 2, now: 5_000 }).jobMs).toBe(0);
  });

  it('is kept as far as the budget has not been told', () => {
    const busy = { jobMs: 900, jobs: 1, atMs: 0 };
    expect(withoutTold(busy, 600).jobMs).toBe(300);
    expect(withoutTold(busy, 1_000).jobMs).toBe(0);
  });
});

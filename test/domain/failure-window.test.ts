import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, type Excess, latestFailed, NONE_JUDGED, withJudged, type Judged } from '../../domain/failure-window.ts';

function judgedAfter(outcomes: readonly boolean[]): Judged {
  return outcomes.reduce(withJudged, NONE_JUDGED);
}

/** Long runs of both, so that the windows differ. */
const outcomes = fc
  .array(fc.tuple(fc.boolean(), fc.nat({ max: 400 })), { maxLength: 12 })
  .map((runs) => runs.flatMap(([failed, length]) => Array.from({ length }, () => failed)));

/** Counts all over again. */
function plainly(all: readonly boolean[], maxPercent: number): Excess | null {
  const windows = [
    { window: 'all', tasks: all },
    { window: 'latest', tasks: all.slice(-500) },
  ] as const;
  if (all.length < 100) return null;
  const over = windows
    .map(({ window, tasks }) => ({ window, of: tasks.length, failed: tasks.filter(Boolean).length }))
    .find(({ of, failed }) => (100 * failed) / of > maxPercent);
  return over ?? null;
}

describe('the failures of the last 500 tasks', () => {
  it('are those of a plain list, and take the same few bytes always', () => {
    fc.assert(
      fc.property(outcomes, (all) => {
        const judged = judgedAfter(all);
        expect(judged).toMatchObject({ ended: all.length, failed: all.filter(Boolean).length });
        expect(latestFailed(judged)).toBe(all.slice(-500).filter(Boolean).length);
        expect(judged.latest).toMatch(/^(?:|[0-9a-f]{125})$/u);
      }),
      { numRuns: 50 },
    );
  });

  it('are above the limit when a plain count says so', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom(0, 5, 12.5, 20, 50, 99, 100), (all, maxPercent) => {
        expect(excess(judgedAfter(all), maxPercent)).toEqual(plainly(all, maxPercent));
      }),
      { numRuns: 50 },
    );
  });

  it('say nothing before 100 have ended', () => {
    const failed = Array.from({ length: 99 }, () => true);
    expect(excess(judgedAfter(failed), 0)).toBeNull();
    expect(excess(judgedAfter([...failed, false]), 0)).toEqual({ failed: 99, of: 100, window: 'all' });
  });

  it('are told from those of all: after 2,000 that went well, 101 of the last 500 are enough', () => {
    const all = [...Array.from({ length: 2_000 }, () => false), ...Array.from({ length: 100 }, () => true)];
    expect(excess(judgedAfter(all), 20)).toBeNull();
    expect(excess(judgedAfter([...all, true]), 20)).toEqual({ failed: 101, of: 500, window: 'latest' });
  });
});

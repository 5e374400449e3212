import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backoffMs,
  censoredMiddle,
  firstPollAfterMs,
  isTimely,
  meanMs,
  nextPollAfterMs,
  quantile,
  withSample,
} from '../../domain/latency.ts';

const roll = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const times = fc.array(fc.integer({ min: 1, max: 600_000 }), { maxLength: 200 });
const enough = fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 4, maxLength: 128 });

describe('the time of a job', () => {
  it('is the middle between the last poll that found it unfinished and the first that found it done', () => {
    expect(censoredMiddle(4_000, 6_000)).toBe(5_000);
    expect(censoredMiddle(0, 6_000)).toBe(3_000);
  });

  it('is never later than it was seen done, whatever the clocks said', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (pending, done) => {
        expect(censoredMiddle(pending, done)).toBeLessThanOrEqual(done);
        expect(censoredMiddle(pending, done)).toBeGreaterThanOrEqual(done / 2);
      }),
    );
  });

  it('is kept for the latest 128 jobs, oldest first', () => {
    const all = Array.from({ length: 130 }, (_, n) => n).reduce<number[]>((kept, n) => withSample(kept, n + 0.4), []);
    expect([all.length, all[0], all.at(-1)]).toEqual([128, 2, 129]);
  });

  it('is guessed while there are too few to say', () => {
    expect(quantile([1, 2, 3], 0.75)).toBeNull();
    expect(meanMs([9_000])).toBe(4_000);
    expect(meanMs([1, 2, 3, 6])).toBe(3);
  });

  it('has quantiles that lie among what was seen', () => {
    fc.assert(
      fc.property(enough, roll, (samples, q) => {
        const at = quantile(samples, q) ?? Number.NaN;
        expect(samples).toContain(at);
        expect(samples.filter((sample) => sample < at).length).toBeLessThanOrEqual(q * samples.length);
      }),
    );
  });
});

describe('the first poll of a job', () => {
  it('comes near the 75th percentile and never after it, so that the estimate cannot inflate itself', () => {
    fc.assert(
      fc.property(enough, roll, (samples, dice) => {
        const predicted = quantile(samples, 0.75) ?? Number.NaN;
        const after = firstPollAfterMs(samples, dice);
        expect(after).toBeLessThanOrEqual(predicted);
        expect(after).toBeGreaterThanOrEqual(0.85 * predicted);
      }),
    );
  });

  it('comes within a second while nothing is known', () => {
    expect(firstPollAfterMs([], 0.999)).toBeLessThanOrEqual(1_000);
  });

  it('is spread, so that a refill is not polled all at once', () => {
    const samples = Array.from({ length: 20 }, () => 6_000);
    expect(new Set([0, 0.25, 0.5, 0.75].map((dice) => firstPollAfterMs(samples, dice))).size).toBe(4);
  });
});

describe('the next poll of a job', () => {
  const six = Array.from({ length: 20 }, () => 6_000);

  it('comes after a quarter of the mean, 2 s at most, spread by a quarter', () => {
    expect(nextPollAfterMs(six, 0, 0.5)).toBe(1_500);
    expect(nextPollAfterMs([400, 400, 400, 400], 0, 0.5)).toBe(100);
    expect(nextPollAfterMs([90_000, 90_000, 90_000, 90_000], 0, 0.5)).toBe(2_000);
  });

  it('is rarer for a job far older than the others', () => {
    expect(nextPollAfterMs(six, 200_000, 0.5)).toBe(10_000);
  });

  it('never comes in less than 75 ms nor after more than 37.5 s', () => {
    fc.assert(
      fc.property(times, fc.nat({ max: 10_000_000 }), roll, (samples, age, dice) => {
        const after = nextPollAfterMs(samples, age, dice);
        expect(after).toBeGreaterThanOrEqual(75);
        expect(after).toBeLessThanOrEqual(37_500);
      }),
    );
  });
});

describe('the wait after failures in a row', () => {
  it('doubles from 1 s to 30 s, spread by a quarter', () => {
    expect([0, 1, 2, 3, 4, 5, 99].map((times_) => backoffMs(times_, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    fc.assert(
      fc.property(fc.nat(), roll, (failures, dice) => {
        expect(backoffMs(failures, dice)).toBeGreaterThanOrEqual(750);
        expect(backoffMs(failures, dice)).toBeLessThanOrEqual(37_500);
      }),
    );
  });
});

describe('a job that was found done', () => {
  const usual = Array.from({ length: 20 }, () => 2_000);
  it.each([
    ['at its first look, in time', { polls: 0, pendingForMs: 0, after: 2_000, counts: true }],
    ['at a first look that a crashed worker left to another', { polls: 0, pendingForMs: 0, after: 20_000, counts: false }],
    ['at the look after one that found it unfinished', { polls: 1, pendingForMs: 2_000, after: 2_600, counts: true }],
    ['long after it was last found unfinished', { polls: 3, pendingForMs: 4_000, after: 60_000, counts: false }],
    ['late because it took long', { polls: 40, pendingForMs: 200_000, after: 211_000, counts: true }],
  ])('%s: its time counts, or not', (_name, { after, counts, ...looks }) => {
    expect(isTimely(usual, looks, after)).toBe(counts);
  });
});

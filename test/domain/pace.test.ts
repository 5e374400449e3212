import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaseMs, refillSize, sliceMs, sliceOfLeaseMs, type Vacancy } from '../../domain/pace.ts';

const PLENTY: Vacancy = { free: 16, granted: 16, ready: 100, freeForMs: 0, http: 8, submitMs: 100 };

describe('a refill', () => {
  it('goes out when four places are free', () => {
    expect([3, 4, 5].map((free) => refillSize({ ...PLENTY, free }))).toEqual([0, 4, 5]);
  });

  it('goes out when a place has been free for two seconds', () => {
    expect([1_999, 2_000].map((freeForMs) => refillSize({ ...PLENTY, free: 1, freeForMs }))).toEqual([0, 1]);
  });

  it('goes out at once where fewer than four places were granted', () => {
    expect(refillSize({ ...PLENTY, free: 1, granted: 1 })).toBe(1);
    expect(refillSize({ ...PLENTY, free: 1, granted: 2 })).toBe(0);
    expect(refillSize({ ...PLENTY, free: 2, granted: 2 })).toBe(2);
  });

  it('never is more than there are places or tasks', () => {
    expect(refillSize({ ...PLENTY, ready: 5 })).toBe(5);
    expect(refillSize({ ...PLENTY, free: 0 })).toBe(0);
    expect(refillSize({ ...PLENTY, free: -2 })).toBe(0);
    expect(refillSize({ ...PLENTY, http: 0 })).toBe(0);
  });

  it('writes no more intents than can leave in time', () => {
    expect(refillSize({ ...PLENTY, submitMs: null })).toBe(8);
    expect(refillSize({ ...PLENTY, submitMs: 2_000 })).toBe(8);
    expect(refillSize({ ...PLENTY, submitMs: 60_000, http: 1 })).toBe(1);
    expect(refillSize({ ...PLENTY, free: 500, granted: 500, ready: 500, submitMs: 10 })).toBe(64);
  });

  it('is a whole number within what is possible, or none', () => {
    const any = fc.record({
      free: fc.integer({ min: -5, max: 300 }),
      granted: fc.nat({ max: 300 }),
      ready: fc.nat({ max: 300 }),
      freeForMs: fc.nat({ max: 5_000 }),
      http: fc.nat({ max: 20 }),
      submitMs: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true })),
    });
    fc.assert(
      fc.property(any, (at) => {
        const size = refillSize(at);
        expect(Number.isInteger(size)).toBe(true);
        expect(size).toBeGreaterThanOrEqual(0);
        expect(size).toBeLessThanOrEqual(Math.max(0, Math.min(at.free, at.ready, 64)));
        const due = Math.min(at.free, at.ready) > 0 && at.freeForMs >= 2_000 && at.http > 0;
        expect(size).toBeGreaterThanOrEqual(due ? 1 : 0);
      }),
    );
  });
});

describe('a slice', () => {
  const secondsEach = (seconds: number): number[] => Array.from({ length: 10 }, () => seconds * 1_000);

  it('is about 400 jobs long, at least 15 s and at most 120 s', () => {
    expect(sliceMs(null, 16, secondsEach(2))).toBe(50_000);
    expect(sliceMs(null, 200, secondsEach(1))).toBe(15_000);
    expect(sliceMs(null, 1, secondsEach(6))).toBe(120_000);
    expect(sliceMs(null, 0, secondsEach(6))).toBe(120_000);
  });

  it('is as long as it was told to be', () => {
    expect([0, 1, 300].map((seconds) => sliceMs(seconds, 16, secondsEach(6)))).toEqual([0, 1_000, 300_000]);
  });

  it('is short at first, when nothing is known of the service', () => {
    expect(sliceMs(null, 16, [])).toBe(15_000);
  });

  it('is shorter than its lease is trusted, by a margin', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300_000 }), (slice) => {
        expect(leaseMs(slice) * 0.8).toBeGreaterThanOrEqual(slice + 24_000 - 1);
        expect(sliceOfLeaseMs(leaseMs(slice))).toBeCloseTo(slice, 3);
      }),
    );
    expect(sliceOfLeaseMs(1_000)).toBe(0);
  });
});

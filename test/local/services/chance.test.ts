import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencySeconds, rollOf } from '../../../local/services/chance.ts';

describe('a roll', () => {
  it('is in [0, 1) and the same for the same names', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer())), (parts) => {
        const roll = rollOf(...parts);
        expect(roll).toBe(rollOf(...parts));
        expect(roll).toBeGreaterThanOrEqual(0);
        expect(roll).toBeLessThan(1);
      }),
    );
  });

  it('is spread evenly over numbers that follow one another', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n += 1) {
      const tenth = Math.floor(rollOf('seed', n) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(850);
    expect(Math.max(...tenths)).toBeLessThan(1_150);
  });
});

describe('a latency', () => {
  it('has the mean and the deviation that were asked for', () => {
    const drawn = Array.from({ length: 20_000 }, (_, n) =>
      latencySeconds({ meanSeconds: 6, sdSeconds: 2 }, rollOf('a', n), rollOf('b', n)),
    );
    const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
    const variance = drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / drawn.length;
    expect(mean).toBeCloseTo(6, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(2, 0);
    expect(Math.min(...drawn)).toBeGreaterThan(0);
  });

  it('is the mean where there is no deviation', () => {
    expect(latencySeconds({ meanSeconds: 3, sdSeconds: 0 }, 0.2, 0.9)).toBe(3);
  });
});

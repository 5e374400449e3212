import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counted, withPeak, type Peak } from '../../domain/peak.ts';

const WINDOW_MS = 100;
const drops = fc.array(fc.record({ afterMs: fc.nat({ max: 60 }), inputs: fc.nat({ max: 20 }) }), { maxLength: 40 });

/** Drops one after another, and all that were within the window at each. */
function remembered(steps: readonly { readonly afterMs: number; readonly inputs: number }[]): {
  peaks: Peak[];
  all: Peak[];
  now: number;
} {
  let now = 0;
  const all: Peak[] = [];
  const peaks = steps.reduce<Peak[]>((before, { afterMs, inputs }) => {
    now += afterMs;
    const peak = { inputs, untilMs: now + WINDOW_MS };
    all.push(peak);
    return withPeak(before, peak, now);
  }, []);
  return { peaks, all, now };
}

describe('inputs whose containers are still held', () => {
  it('count for as long as any of them is within its window', () => {
    fc.assert(
      fc.property(drops, fc.nat({ max: 200 }), fc.nat({ max: 20 }), (steps, afterMs, charged) => {
        const { peaks, all, now } = remembered(steps);
        const at = now + afterMs;
        expect(counted(charged, peaks, at)).toBe(counted(charged, all, at));
      }),
    );
  });

  it('are remembered only as far as a later and larger number does not cover them', () => {
    fc.assert(
      fc.property(drops, (steps) => {
        const { peaks } = remembered(steps);
        expect(new Set(peaks.map(({ inputs }) => inputs)).size).toBe(peaks.length);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { leastHeld, likelyHeld, mostHeld } from '../../domain/gpu-hold.ts';
import { fastest, likeliest, slowest, type ServiceWork } from '../../domain/makespan.ts';
import { SERVICE_DEFAULTS, type ServiceFigures } from '../../domain/service.ts';

const HOUR_S = 3_600;

/** @returns work of so many hours in one container, which was warm. */
function hours(length: number, more: Partial<ServiceFigures> = {}): ServiceWork {
  const figures = { ...SERVICE_DEFAULTS, coldStartSeconds: 0, inputsPerContainer: 16, ...more };
  return { figures, seconds: length * HOUR_S, jobSeconds: 6 };
}

const HOLDS_GPU: Partial<ServiceFigures> = { httpHoldsGpu: true };

describe('the time of unequal work on two GPUs', () => {
  // What the budget itself needs in simulated time: docs/performance.md, "Unequal work".
  it.each([
    [6, 1, 3 + 33 / 60],
    [1, 6, 3 + 33 / 60],
    [3, 3, 3],
  ])('%d h and %d h take what the simulated budget takes', (caption, vqa, simulated) => {
    const work = [hours(caption), hours(vqa)];
    expect(Math.abs(likeliest(work, 2) / HOUR_S - simulated)).toBeLessThan(0.02 * simulated);
    expect(fastest(work, 2)).toBe(((caption + vqa) / 2) * HOUR_S);
    expect(slowest(work, 2)).toBe(Math.max(caption, vqa) * HOUR_S);
  });

  it('holds the GPUs for what the simulated budget holds them', () => {
    const work = [hours(6), hours(1)];
    expect(Math.abs(likelyHeld(work, 2, likeliest(work, 2)) / HOUR_S - 7.25)).toBeLessThan(0.02);
    expect(leastHeld(work, 2)).toBe(7 * HOUR_S + 2 * 300);
    expect(mostHeld(work, 2, slowest(work, 2))).toBe(7 * HOUR_S + 4 * 300);
  });

  it('is half for a service that has both for itself', () => {
    expect(likeliest([hours(6)], 2)).toBe(3 * HOUR_S);
    expect(slowest([hours(6)], 2)).toBe(6 * HOUR_S);
  });

  it('is not shorter for a rest that is less than a window', () => {
    const work = [hours(1), hours(1 - 300 / HOUR_S)];
    expect(likeliest(work, 2)).toBe(HOUR_S);
  });
});

describe('services that do not fit at the same time', () => {
  it('take turns, with a window between: 6 h and 1 h on one GPU take 7 h 6 min', () => {
    const work = [hours(6), hours(1)];
    expect(Math.abs(likeliest(work, 1) / HOUR_S - 7.1)).toBeLessThan(0.02);
    expect(slowest(work, 1)).toBe(7 * HOUR_S + 330);
    expect(fastest(work, 1)).toBe(7 * HOUR_S);
  });

  it('each begin with a cold start', () => {
    const [one, other] = [hours(1, { coldStartSeconds: 60 }), hours(1, { coldStartSeconds: 90 })];
    expect(likeliest([one, other], 1) - likeliest([hours(1), hours(1)], 1)).toBe(150);
    expect(likeliest([one, other], 2) - likeliest([hours(1), hours(1)], 2)).toBe(90);
  });

  it('are those whose front ends hold the other GPU, which costs as much as the work', () => {
    const work = [hours(1, HOLDS_GPU), hours(1, HOLDS_GPU)];
    expect(likeliest(work, 2)).toBe(2 * HOUR_S + 330);
    expect(leastHeld(work, 2)).toBe(4 * HOUR_S + 4 * 300);
  });
});

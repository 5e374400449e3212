import { describe, expect, it } from 'vitest';
import { NO_GPU_TIME, withBusy, withHeld } from '../../domain/gpu-meter.ts';

const HOUR_MS = 3_600_000;

describe('the GPU time of a night', () => {
  const evening = withHeld(NO_GPU_TIME, 2, { fromMs: HOUR_MS, toMs: 2 * HOUR_MS });

  it('is that of all GPUs that are held', () => {
    expect(evening).toEqual({ sinceMs: HOUR_MS, heldMs: 2 * HOUR_MS, busyMs: 0, lastHeldAtMs: 2 * HOUR_MS });
    expect(withHeld(evening, 0, { fromMs: 2 * HOUR_MS, toMs: 9 * HOUR_MS })).toBe(evening);
  });

  it('goes on after a pause of two hours, and begins again after a longer one', () => {
    const on = withHeld(evening, 1, { fromMs: 4 * HOUR_MS, toMs: 5 * HOUR_MS });
    expect(on).toMatchObject({ sinceMs: HOUR_MS, heldMs: 3 * HOUR_MS });
    const next = withHeld(evening, 1, { fromMs: 4 * HOUR_MS + 1, toMs: 5 * HOUR_MS });
    expect(next).toMatchObject({ sinceMs: 4 * HOUR_MS + 1, heldMs: HOUR_MS - 1, busyMs: 0 });
  });

  it('is never busy for longer than it was held', () => {
    expect(withBusy(evening, HOUR_MS).busyMs).toBe(HOUR_MS);
    expect(withBusy(evening, 5 * HOUR_MS).busyMs).toBe(2 * HOUR_MS);
  });
});

import { HOUR_MS } from './units.ts';

/** GPU time of a night, GPU x ms. A night begins with the first GPU that is held after hours without one. */
export interface GpuMeter {
  readonly sinceMs: number | null;
  readonly heldMs: number;
  readonly busyMs: number;
  readonly lastHeldAtMs: number;
}

const BETWEEN_NIGHTS_MS = 2 * HOUR_MS;

export const NO_GPU_TIME: GpuMeter = { sinceMs: null, heldMs: 0, busyMs: 0, lastHeldAtMs: 0 };

/** @returns the meter after a stretch of time in which so many GPUs were held. */
export function withHeld(meter: GpuMeter, gpus: number, { fromMs, toMs }: { fromMs: number; toMs: number }): GpuMeter {
  if (gpus === 0 || toMs <= fromMs) return meter;
  const newNight = meter.sinceMs === null || fromMs - meter.lastHeldAtMs > BETWEEN_NIGHTS_MS;
  const before = newNight ? { ...NO_GPU_TIME, sinceMs: fromMs } : meter;
  return { ...before, heldMs: before.heldMs + gpus * (toMs - fromMs), lastHeldAtMs: toMs };
}

/** @returns the meter with time in which GPUs had work; never more than was held. */
export function withBusy(meter: GpuMeter, busyMs: number): GpuMeter {
  return { ...meter, busyMs: Math.min(meter.heldMs, meter.busyMs + busyMs) };
}

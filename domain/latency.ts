import { clamp } from './units.ts';

const KEPT = 128;
const ENOUGH = 4;
const UNKNOWN_MS = 4_000;
const FIRST_LOOK_MS = 1_000;
const SWEEP_MS = { least: 100, most: 2_000 } as const;
const STRAGGLER_SHARE = 0.05;
const LONGEST_MS = 30_000;

/**
 * A job's time is known only to lie between the last poll that found it unfinished and the first that found it done.
 *
 * @returns the middle of that interval, ms.
 */
export function censoredMiddle(pendingForMs: number, doneAfterMs: number): number {
  return (Math.min(pendingForMs, doneAfterMs) + doneAfterMs) / 2;
}

/** @returns the latest submit-to-done times with one more. */
export function withSample(samplesMs: readonly number[], sampleMs: number): number[] {
  return [...samplesMs, Math.round(sampleMs)].slice(-KEPT);
}

/** @returns the quantile `q` of the samples, ms, or null while there are too few to say. */
export function quantile(samplesMs: readonly number[], q: number): number | null {
  if (samplesMs.length < ENOUGH) return null;
  const sorted = samplesMs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
}

/** @returns the mean submit-to-done time, ms, or null while there are too few samples to say. */
export function knownMeanMs(samplesMs: readonly number[]): number | null {
  if (samplesMs.length < ENOUGH) return null;
  return samplesMs.reduce((sum, sample) => sum + sample, 0) / samplesMs.length;
}

/** @returns the mean submit-to-done time, ms; a guess while there are too few samples. */
export function meanMs(samplesMs: readonly number[]): number {
  return knownMeanMs(samplesMs) ?? UNKNOWN_MS;
}

/**
 * The first poll comes at the predicted 75th percentile, spread a little so that a refill is not polled all at once.
 * Never above it: the estimate would then inflate itself (services.md section 3).
 *
 * @param roll in [0, 1)
 * @returns ms after the job was accepted.
 */
export function firstPollAfterMs(samplesMs: readonly number[], roll: number): number {
  const predicted = quantile(samplesMs, 0.75) ?? FIRST_LOOK_MS;
  return predicted * (0.85 + 0.15 * roll);
}

/**
 * How long between two polls of a job: a quarter of the mean, at most 2 s; longer for a job that is already far
 * older than the others, since every further look at a cold start or a straggler says the same.
 *
 * @returns ms
 */
export function nextPollAfterMs(samplesMs: readonly number[], ageMs: number, roll: number): number {
  const sweep = clamp(meanMs(samplesMs) / 4, SWEEP_MS.least, SWEEP_MS.most);
  return Math.min(LONGEST_MS, Math.max(sweep, ageMs * STRAGGLER_SHARE)) * (0.75 + 0.5 * roll);
}

const LATE = { times: 1.5, byMs: 1_000 } as const;

/** How often a job was asked for before it was found done, and when it was last found unfinished, ms after it was accepted. */
export interface Looks {
  readonly polls: number;
  readonly pendingForMs: number;
}

/**
 * Whether a job was found done about when it should have been looked for. One that waited for a crashed or paused worker
 * says how long that was away, not how long a job takes; its time would put off every later look.
 *
 * @param doneAfterMs when it was found done, ms after it was accepted.
 */
export function isTimely(samplesMs: readonly number[], { polls, pendingForMs }: Looks, doneAfterMs: number): boolean {
  const planned = polls === 0 ? firstPollAfterMs(samplesMs, 1) : nextPollAfterMs(samplesMs, pendingForMs, 1);
  return doneAfterMs - pendingForMs <= planned * LATE.times + LATE.byMs;
}

/** @returns ms to wait after `times` failures in a row: doubling from 1 s to 30 s, with jitter. */
export function backoffMs(times: number, roll: number): number {
  return Math.min(LONGEST_MS, 1_000 * 2 ** Math.min(times, 10)) * (0.75 + 0.5 * roll);
}

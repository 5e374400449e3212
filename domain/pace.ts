import { meanMs } from './latency.ts';
import { clamp, SECOND_MS } from './units.ts';

/** A refill goes out when this many places are free, or when one has been free this long. */
const REFILL = { places: 4, afterMs: 2 * SECOND_MS } as const;
/** A slice is about this many jobs. */
const JOBS_A_SLICE = 400;
const SLICE_MS = { least: 15 * SECOND_MS, most: 120 * SECOND_MS } as const;
/** A submit must leave within 5 s of its intent: no more are written than can leave in half of that. */
const SEND_WITHIN_MS = 2_500;
const MOST_AT_ONCE = 64;

/** What decides whether submits go out now. */
export interface Vacancy {
  readonly free: number;
  /** Places granted. */
  readonly granted: number;
  /** Tasks that could go out now. */
  readonly ready: number;
  /** How long a place has been free, ms. */
  readonly freeForMs: number;
  /** HTTP places that are free. */
  readonly http: number;
  /** Mean time of one submit, ms; null before the first. */
  readonly submitMs: number | null;
}

/** @returns how many submits to write intents for now. */
export function refillSize(at: Vacancy): number {
  const possible = Math.min(at.free, at.ready);
  if (possible <= 0 || at.http <= 0) return 0;
  const due = possible >= Math.min(REFILL.places, at.granted) || at.freeForMs >= REFILL.afterMs;
  if (!due) return 0;
  const leaveInTime =
    at.submitMs === null ? at.http : at.http * Math.max(1, Math.floor(SEND_WITHIN_MS / Math.max(1, at.submitMs)));
  return clamp(Math.min(possible, leaveInTime), 1, MOST_AT_ONCE);
}

/**
 * @param fixedSeconds TILESCRIBE_SLICE_SECONDS, or null for the automatic length.
 * @param places job places that the lane may use.
 * @returns how long a slice stays in its loop, ms.
 */
export function sliceMs(fixedSeconds: number | null, places: number, latenciesMs: readonly number[]): number {
  if (fixedSeconds !== null) return fixedSeconds * SECOND_MS;
  if (latenciesMs.length === 0) return SLICE_MS.least;
  const perMs = Math.max(1, places) / meanMs(latenciesMs);
  return clamp(JOBS_A_SLICE / perMs, SLICE_MS.least, SLICE_MS.most);
}

const LEASE = { share: 0.8, marginMs: 30 * SECOND_MS } as const;

/** @returns how long a lease must last for a slice, ms. */
export function leaseMs(slice: number): number {
  return slice / LEASE.share + LEASE.marginMs;
}

/** @returns how long the slice is that a lease was asked for, ms: its holder reports again then. */
export function sliceOfLeaseMs(lease: number): number {
  return Math.max(0, lease - LEASE.marginMs) * LEASE.share;
}

/** The longest a slice stays when nothing is due: beyond that a durable timer waits for less. */
export const IDLE_LEAVE_MS = 5 * SECOND_MS;

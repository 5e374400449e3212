import { isCount } from './count.ts';
import type { ErrorCode } from './errors.ts';
import type { Tallies } from './log.ts';
import { summed, type RunStatus } from './progress.ts';

/** What a strand says of itself while a slice goes on: its tallies since the run began. */
export interface StrandBeat extends Tallies {
  readonly lane: string;
  readonly strand: number;
  readonly in_flight: number;
}

function countsOf(value: unknown): Partial<Record<ErrorCode, number>> {
  if (value === null || typeof value !== 'object') return {};
  return Object.fromEntries(Object.entries(value).filter(([, count]) => isCount(count)));
}

/** @returns what the details of a heartbeat say, or null where they are none of a strand. */
export function strandBeat(details: unknown): StrandBeat | null {
  if (details === null || typeof details !== 'object') return null;
  const { lane, strand, ok, failed, skipped, errors, in_flight } = details as Readonly<Record<string, unknown>>;
  if (typeof lane !== 'string' || !isCount(strand) || !isCount(ok) || !isCount(failed) || !isCount(skipped)) return null;
  return { lane, strand, ok, failed, skipped, errors: countsOf(errors), in_flight: isCount(in_flight) ? in_flight : 0 };
}

/** The last beat of every strand that was ever heard. */
export type Beats = ReadonlyMap<string, StrandBeat>;

/** @returns the beats with newer ones in the place of those of the same strands. */
export function withBeats(known: Beats, heard: readonly StrandBeat[]): Beats {
  return new Map([...known, ...heard.map((beat) => [`${beat.lane}/${beat.strand}`, beat] as const)]);
}

function most(a: Tallies['errors'], b: Tallies['errors']): Tallies['errors'] {
  const codes = Object.keys({ ...a, ...b }) as ErrorCode[];
  return Object.fromEntries(codes.toSorted().map((code) => [code, Math.max(a[code] ?? 0, b[code] ?? 0)]));
}

/**
 * A status is as of the last slices; beats may be seconds old but know only the strands that were heard.
 * @param current the beats of the slices that go on at this moment.
 * @returns the status with the larger of the two counts everywhere.
 */
export function liveStatus(status: RunStatus, beats: Beats, current: readonly StrandBeat[]): RunStatus {
  if (status.state === 'complete' || status.state === 'cancelled' || status.state === 'failed') return status;
  const { ok, failed, skipped, errors } = summed([...beats.values()].map((tallies) => ({ tallies })));
  const inFlight = current.reduce((sum, beat) => sum + beat.in_flight, 0);
  return {
    ...status,
    ok: Math.max(status.ok, ok),
    failed: Math.max(status.failed, failed),
    skipped: Math.max(status.skipped, skipped),
    errors: most(status.errors, errors),
    in_flight: current.length === 0 ? status.in_flight : inFlight,
  };
}

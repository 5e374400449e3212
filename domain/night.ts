import { nextAt, parseWallTime } from './calendar.ts';
import type { Priority, WindowSpec } from './spec.ts';
import { HOUR_MS } from './units.ts';

/** A run that stands for a moment: a night of a schedule, or one that is made up for. */

/** A run that begins so long after the end of its window is no late night: it makes up for one, whenever it likes. */
export const LATE_BY_MS = 12 * HOUR_MS;

/** When a run begins, and which moment it stands for; both ms. */
export interface NightTimes {
  readonly nominalMs: number;
  readonly startedMs: number;
  /** Whether it is a backfill; one that begins when its window is over makes up for it, however short ago that was. */
  readonly makesUp?: boolean;
}

/** @returns when a window ends for a run of that moment, ms; null where it has no end, or makes up for a night long past. */
export function windowEndMs({ timeZone, until, endsAt }: WindowSpec, of: NightTimes): number | null {
  const { nominalMs, startedMs, makesUp = false } = of;
  const time = until === undefined ? null : parseWallTime(until);
  if (endsAt !== undefined) return Date.parse(endsAt);
  if (time === null) return null;
  const endMs = nextAt(nominalMs, time, timeZone);
  return startedMs - endMs > (makesUp ? 0 : LATE_BY_MS) ? null : endMs;
}

/** @returns the priority of a run that does not name one: that of a schedule, unless it makes up for a night long past. */
export function nightPriority({ nominalMs, startedMs }: NightTimes): Priority {
  return startedMs - nominalMs > 24 * HOUR_MS + LATE_BY_MS ? 'backfill' : 'nightly';
}

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
  /** Somebody said which moment that is; of a schedule's own run it is the schedule that does. */
  readonly told?: boolean;
}

/**
 * What `endsAt` says beside `until` was made from it for another run.
 *
 * @returns when a window ends for a run of that moment, ms; null where it has no end, or the run makes up for a night:
 * who says which one, when its window is over, wants it now; a schedule's own run may only be late.
 */
export function windowEndMs(
  { timeZone, until, endsAt }: WindowSpec,
  { nominalMs, startedMs, told = false }: NightTimes,
): number | null {
  const time = until === undefined ? null : parseWallTime(until);
  if (time === null) return endsAt === undefined ? null : Date.parse(endsAt);
  const endMs = nextAt(nominalMs, time, timeZone);
  const makesUp = told ? startedMs >= endMs : startedMs - endMs > LATE_BY_MS;
  return makesUp ? null : endMs;
}

/** @returns the priority of a run that does not name one: that of a schedule, unless it makes up for a night long past. */
export function nightPriority({ nominalMs, startedMs, told = false }: NightTimes, window: WindowSpec | null): Priority {
  const isLong = startedMs - nominalMs > 24 * HOUR_MS + LATE_BY_MS;
  const isOver = !told && window?.until !== undefined && windowEndMs(window, { nominalMs, startedMs }) === null;
  return isLong || isOver ? 'backfill' : 'nightly';
}

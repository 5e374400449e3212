import { compareDates, momentWithin, parseWallTime, type CalendarDate, type WallTime } from './calendar.ts';
import { scheduledRunId } from './schedule.ts';

/** Dates that have passed, and the ids of their runs: those that a schedule would have given them. */

export const MOST_DATES = 3_660;

/** Which runs a backfill is about. */
export interface BackfillPlan {
  /** What run ids begin with. */
  readonly name: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly at: WallTime;
  readonly timeZone: string;
}

const DAILY = /^(\d{1,2}) (\d{1,2}) \* \* \*$/u;

/** @returns the time of the day of a cron expression that comes once a day; null of any other. */
export function dailyTime(cron: string): WallTime | null {
  const [, minute, hour] = DAILY.exec(cron) ?? [];
  if (minute === undefined || hour === undefined) return null;
  return parseWallTime([hour, minute].map((figure) => figure.padStart(2, '0')).join(':'));
}

/** @returns how many dates there are from one to another, both counted; below 1 where `to` comes first. */
export function countDates({ from, to }: Pick<BackfillPlan, 'from' | 'to'>): number {
  return compareDates(to, from) + 1;
}

/**
 * @returns the moment that the run of a date stands for, ms, which is on that date; null where the zone has no such day.
 * A Temporal server starts a schedule's run twice where clocks show the time twice, or only the second time, by the zone:
 * of two it is the second. Where a time is skipped it starts none, so that the run of that date has an id of its own.
 */
export function nominalOf(date: CalendarDate, { at, timeZone }: Pick<BackfillPlan, 'at' | 'timeZone'>): number | null {
  return momentWithin(date, at, timeZone);
}

/** @returns the id of a run: that of a schedule's own; with a number where it is not the first of its date. */
export function backfillRunId(name: string, nominalMs: number, attempt: number): string {
  return `${scheduledRunId(name, nominalMs)}${attempt === 1 ? '' : `-${attempt}`}`;
}

import { DAY_MS, MINUTE_MS } from './units.ts';

/** A day of the calendar, wherever its midnight is. */
export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** A time of the day as a clock on the wall shows it. */
export interface WallTime {
  readonly hour: number;
  readonly minute: number;
}

const WALL_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/u;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/u;

/** Making one costs a hundred times what using it does. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', calendar: 'gregory', ...fields });
  formats.set(timeZone, made);
  return made;
}

function partsAt(atMs: number, timeZone: string): Record<string, number> {
  return Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
}

/** @returns whether it is the name of a time zone, such as Asia/Kolkata. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** @returns the day that it is somewhere at a moment, ms. */
export function dateAt(atMs: number, timeZone: string): CalendarDate {
  const { year = 0, month = 0, day = 0 } = partsAt(atMs, timeZone);
  return { year, month, day };
}

function dayNumber({ year, month, day }: CalendarDate): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** @returns the day so many days later; days of 23 or 25 hours are days. */
export function plusDays(date: CalendarDate, days: number): CalendarDate {
  const at = new Date((dayNumber(date) + days) * DAY_MS);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

/** @returns below 0 where `a` is before `b`, 0 on the same day. */
export function compareDates(a: CalendarDate, b: CalendarDate): number {
  return dayNumber(a) - dayNumber(b);
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

/** @returns `YYYY-MM-DD`. */
export function dateText({ year, month, day }: CalendarDate): string {
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** @returns the day of `YYYY-MM-DD`; null where the text is none, or there is no such day. */
export function parseDate(text: string): CalendarDate | null {
  const [, year, month, day] = DATE.exec(text) ?? [];
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  return year !== undefined && dateText(plusDays(date, 0)) === text ? date : null;
}

/** @returns the time of `HH:MM`; null where the text is none. */
export function parseWallTime(text: string): WallTime | null {
  const [, hour, minute] = WALL_TIME.exec(text) ?? [];
  return hour === undefined || minute === undefined ? null : { hour: Number(hour), minute: Number(minute) };
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/u;

/**
 * @returns the moment of an ISO 8601 text with its offset, ms; null where the text is none: also on a day that is in no
 * calendar, at 24:00, which is 00:00 of the next day, and in a leap second, which no clock of ours shows.
 */
export function parseMoment(text: string): number | null {
  const [, date = '', time = ''] = MOMENT.exec(text) ?? [];
  if (parseDate(date) === null || parseWallTime(time) === null) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** How far a zone's clocks are ahead of UTC at a moment, ms. */
function offsetMs(atMs: number, timeZone: string): number {
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = partsAt(atMs, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

function shownAsUtcMs({ year, month, day }: CalendarDate, { hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** What a time of a day is by the clocks of the day before, and by those of the day after, ms. */
function readingsOf(date: CalendarDate, time: WallTime, timeZone: string): readonly [before: number, after: number] {
  const asUtc = shownAsUtcMs(date, time);
  return [asUtc - offsetMs(asUtc - DAY_MS, timeZone), asUtc - offsetMs(asUtc + DAY_MS, timeZone)];
}

/** @returns the moments at which clocks show that time on that day, ms, the first first: none in spring where it is skipped, two in autumn. */
export function momentsOf(date: CalendarDate, time: WallTime, timeZone: string): number[] {
  const asUtc = shownAsUtcMs(date, time);
  const moments = [...new Set(readingsOf(date, time, timeZone))];
  return moments.filter((at) => at + offsetMs(at, timeZone) === asUtc).toSorted((a, b) => a - b);
}

/**
 * @returns the moment at which clocks show that time on that day, ms. A time that is skipped in spring is as much later;
 * of one that comes twice in autumn it is the first.
 */
export function momentOf(date: CalendarDate, time: WallTime, timeZone: string): number {
  return momentsOf(date, time, timeZone)[0] ?? readingsOf(date, time, timeZone)[0];
}

/**
 * @returns the moment, on that very day, that stands for a time, ms: of two the second; of a time that is skipped as much
 * later, or as much earlier where later is the next day. Null where a zone that changed its side of the date line has no
 * such day.
 */
export function momentWithin(date: CalendarDate, time: WallTime, timeZone: string): number | null {
  const moments = [...momentsOf(date, time, timeZone).toReversed(), ...readingsOf(date, time, timeZone)];
  return moments.find((at) => compareDates(dateAt(at, timeZone), date) === 0) ?? null;
}

/** @returns the first moment after another at which clocks show that time, ms. */
export function nextAt(afterMs: number, time: WallTime, timeZone: string): number {
  const today = dateAt(afterMs, timeZone);
  const moments = [-1, 0, 1, 2].flatMap((days) => {
    const date = plusDays(today, days);
    return [momentOf(date, time, timeZone), ...momentsOf(date, time, timeZone)];
  });
  return Math.min(...moments.filter((at) => at > afterMs));
}

/** @returns what clocks show at a moment: `YYYY-MM-DD HH:MM`, and seconds where it is not a whole minute. */
export function wallText(atMs: number, timeZone: string): string {
  const { hour = 0, minute = 0 } = partsAt(atMs, timeZone);
  const second = Math.floor(atMs / 1_000) % 60;
  const time = `${digits(hour, 2)}:${digits(minute, 2)}`;
  return `${dateText(dateAt(atMs, timeZone))} ${time}${second === 0 ? '' : `:${digits(second, 2)}`}`;
}

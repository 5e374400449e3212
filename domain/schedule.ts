import { isRunId } from './run-id.ts';
import { isoText, wholeSeconds } from './units.ts';

/** A schedule: runs of one spec at the times of a cron expression. */

/** Its runs are named `<name>-<time>`, and that is a run id. */
const LONGEST_NAME = 150;

/** What the name of a schedule may be, in words. */
export const SCHEDULE_NAME_EXPECTED = `1 to ${LONGEST_NAME} of A-Z a-z 0-9 . _ : = @ + ~ - that begin with a letter or digit`;

/** @returns whether runs can be named after it. */
export function isScheduleName(text: string): boolean {
  return text.length <= LONGEST_NAME && isRunId(text);
}

/** @param dueMs when the run is due. @returns the id that Temporal gives to a run of a schedule. */
export function scheduledRunId(name: string, dueMs: number): string {
  return `${name}-${wholeSeconds(isoText(dueMs))}`;
}

/**
 * @returns whether a text has the form of a cron expression as people know it: with a sixth field Temporal takes the last
 * for a year, and what follows a # for a comment, also in "1#2", which elsewhere is the second Monday.
 */
export function isCronExpression(text: string): boolean {
  const trimmed = text.trim();
  return !trimmed.includes('#') && (trimmed.startsWith('@') || trimmed.split(/\s+/u).length === 5);
}

/** Values of one field of a cron expression; both ends belong to it. */
export interface CronRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const CRON_FIELDS = ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek', 'year'] as const;
type CronField = (typeof CRON_FIELDS)[number];

/** What a cron expression has become at the server, by field. */
export type CronCalendar = Readonly<Record<CronField, readonly CronRange[]>>;

/** All values of each field; a year is any where none is named. */
const WHOLE: Readonly<Record<CronField, { readonly start: number; readonly end: number } | null>> = {
  second: { start: 0, end: 59 },
  minute: { start: 0, end: 59 },
  hour: { start: 0, end: 23 },
  dayOfMonth: { start: 1, end: 31 },
  month: { start: 1, end: 12 },
  dayOfWeek: { start: 0, end: 6 },
  year: null,
};

function rangeText(field: CronField, { start, end, step }: CronRange): string {
  const whole = WHOLE[field];
  const every = step > 1 ? `/${step}` : '';
  if (whole !== null && start === whole.start && end === whole.end) return `*${every}`;
  return start === end ? String(start) : `${start}-${end}${every}`;
}

/** @returns the expression with which a calendar could have been asked for: of five fields, where these are enough. */
export function cronText(calendar: CronCalendar): string {
  const text = (field: CronField): string => calendar[field].map((range) => rangeText(field, range)).join(',');
  const [second = '0', ...middle] = CRON_FIELDS.slice(0, -1).map((field) => text(field) || '0');
  const year = text('year');
  const fields = second === '0' ? middle : [second, ...middle];
  if (second !== '0') return [...fields, year || '*'].join(' ');
  return year === '' ? fields.join(' ') : [...fields, year].join(' ');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** @returns the same of a time that comes again and again: `@every 90m`. */
export function everyText(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds >= each && seconds % each === 0) ?? ['s', 1];
  return `@every ${seconds / length}${unit}`;
}

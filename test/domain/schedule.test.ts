import { describe, expect, it } from 'vitest';
import { wallText } from '../../domain/calendar.ts';
import { isRunId } from '../../domain/run-id.ts';
import {
  cronText,
  everyText,
  isCronExpression,
  isScheduleName,
  scheduledRunId,
  type CronCalendar,
} from '../../domain/schedule.ts';

const DUE = Date.parse('2026-02-28T20:30:00Z');
const one = (start: number) => [{ start, end: start, step: 1 }];
const NIGHTLY: CronCalendar = {
  second: one(0),
  minute: one(0),
  hour: one(2),
  dayOfMonth: [{ start: 1, end: 31, step: 1 }],
  month: [{ start: 1, end: 12, step: 1 }],
  dayOfWeek: [{ start: 0, end: 6, step: 1 }],
  year: [],
};

describe('the name of a schedule', () => {
  it('is short enough that its runs have ids', () => {
    const longest = 'n'.repeat(150);
    expect(isScheduleName(longest)).toBe(true);
    expect(isRunId(scheduledRunId(longest, DUE))).toBe(true);
    for (const name of ['n'.repeat(151), '', 'a/b', '-a', 'a b']) expect(isScheduleName(name)).toBe(false);
  });

  it('is followed by the time that a run stands for', () => {
    expect(scheduledRunId('nightly', DUE)).toBe('nightly-2026-02-28T20:30:00Z');
  });
});

describe('the times of a schedule', () => {
  it.each([
    ['0 2 * * *', true],
    ['@every 6h', true],
    ['0 2 * * * 2027', false],
    // To Temporal the rest is a comment: every Monday.
    ['0 2 * * 1#2', false],
    ['@daily # at midnight', false],
  ])('"%s" can be given: %s', (text, known) => {
    expect(isCronExpression(text)).toBe(known);
  });

  it.each([
    ['0 2 * * *', {}],
    ['30 2 * * 1-5', { minute: one(30), dayOfWeek: [{ start: 1, end: 5, step: 1 }] }],
    [
      '0 1,13 */2 6 0',
      { hour: [...one(1), ...one(13)], dayOfMonth: [{ start: 1, end: 31, step: 2 }], month: one(6), dayOfWeek: one(0) },
    ],
    ['0 2 * * * 2027', { year: one(2027) }],
    ['*/10 0 2 * * * *', { second: [{ start: 0, end: 59, step: 10 }] }],
  ] as const)('are told as %s', (text, more) => {
    expect(cronText({ ...NIGHTLY, ...more })).toBe(text);
  });

  it.each([
    [5, '@every 5s'],
    [5_400, '@every 90m'],
    [21_600, '@every 6h'],
    [86_400, '@every 1d'],
  ])('of every %i seconds as %s', (seconds, text) => {
    expect(everyText(seconds)).toBe(text);
  });

  it('are shown as the clocks there show them', () => {
    expect(wallText(DUE, 'Asia/Kolkata')).toBe('2026-03-01 02:00');
    expect(wallText(DUE + 5_000, 'UTC')).toBe('2026-02-28 20:30:05');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dateAt,
  dateText,
  isTimeZone,
  momentOf,
  momentsOf,
  nextAt,
  parseDate,
  parseMoment,
  parseWallTime,
  plusDays,
} from '../../domain/calendar.ts';

const ZONES = ['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe'];
const at = (iso: string): number => Date.parse(iso);
const anyMoment = fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
const anyTime = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });

describe('the day somewhere', () => {
  it('is that of its clocks', () => {
    expect(dateText(dateAt(at('2026-03-28T20:30:00Z'), 'Asia/Kolkata'))).toBe('2026-03-29');
    expect(dateText(dateAt(at('2026-03-28T20:30:00Z'), 'America/New_York'))).toBe('2026-03-28');
    expect(dateText(dateAt(at('2025-12-31T23:59:59.999Z'), 'UTC'))).toBe('2025-12-31');
  });

  it('has a day before and a day after, over months, leap years and changed clocks', () => {
    expect(dateText(plusDays({ year: 2024, month: 3, day: 1 }, -1))).toBe('2024-02-29');
    expect(dateText(plusDays({ year: 2026, month: 12, day: 31 }, 1))).toBe('2027-01-01');
    expect(dateText(plusDays({ year: 2026, month: 3, day: 29 }, -1))).toBe('2026-03-28');
  });

  it('is read from text only where there is such a day', () => {
    expect(parseDate('2024-02-29')).toEqual({ year: 2024, month: 2, day: 29 });
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', 'today', '2026-01-01T00:00']) expect(parseDate(text)).toBeNull();
  });
});

describe('a time of the day', () => {
  it('comes not at all where it is skipped, and twice where clocks are put back', () => {
    const berlin = (month: number, day: number) =>
      momentsOf({ year: 2026, month, day }, { hour: 2, minute: 30 }, 'Europe/Berlin');
    expect(berlin(3, 29)).toEqual([]);
    expect(berlin(3, 30)).toEqual([at('2026-03-30T00:30:00Z')]);
    expect(berlin(10, 25)).toEqual([at('2026-10-25T00:30:00Z'), at('2026-10-25T01:30:00Z')]);
  });

  it('is read as HH:MM', () => {
    expect(parseWallTime('06:00')).toEqual({ hour: 6, minute: 0 });
    for (const text of ['6:00', '24:00', '06:60', '06:00:00', '']) expect(parseWallTime(text)).toBeNull();
  });

  it('is the moment at which clocks show it, also where they are changed', () => {
    const berlin = (day: number, hour: number) => momentOf({ year: 2026, month: 3, day }, { hour, minute: 30 }, 'Europe/Berlin');
    expect(berlin(28, 2)).toBe(at('2026-03-28T01:30:00Z'));
    expect(berlin(29, 3)).toBe(at('2026-03-29T01:30:00Z'));
    // 02:30 does not exist on that day.
    expect(berlin(29, 2)).toBe(at('2026-03-29T01:30:00Z'));
    const twice = momentOf({ year: 2026, month: 10, day: 25 }, { hour: 2, minute: 30 }, 'Europe/Berlin');
    expect(twice).toBe(at('2026-10-25T00:30:00Z'));
  });

  it('comes next within two days, and never before', () => {
    fc.assert(
      fc.property(anyMoment, anyTime, fc.constantFrom(...ZONES), (moment, time, zone) => {
        const next = nextAt(moment, time, zone);
        expect(next).toBeGreaterThan(moment);
        expect(next - moment).toBeLessThanOrEqual(50 * 3_600_000);
      }),
    );
  });
});

it('a time that comes twice comes again an hour later', () => {
  const secondOne = at('2026-11-01T06:00:00Z');
  expect(nextAt(secondOne, { hour: 1, minute: 45 }, 'America/New_York')).toBe(at('2026-11-01T06:45:00Z'));
  expect(nextAt(at('2026-10-25T01:00:00Z'), { hour: 2, minute: 45 }, 'Europe/Berlin')).toBe(at('2026-10-25T01:45:00Z'));
});

describe('a moment', () => {
  it('is read with its offset, to the minute or finer', () => {
    expect(parseMoment('2026-03-01T06:00Z')).toBe(at('2026-03-01T06:00:00Z'));
    expect(parseMoment('2024-02-29T23:59:59.5+05:30')).toBe(at('2024-02-29T18:29:59.500Z'));
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00Z',
    '2026-04-31T00:00Z',
    '2026-00-10T00:00Z',
    '2026-13-01T00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00+99:00',
    '2026-01-01T00:00:00',
    '2026-01-01',
    '',
  ])('is no text of a day or time that there is not, or without an offset: "%s"', (text) => {
    expect(parseMoment(text)).toBeNull();
  });

  it('is on the day that its text names, for every day', () => {
    fc.assert(
      fc.property(anyMoment, (moment) => {
        const text = new Date(moment).toISOString();
        expect(parseMoment(text)).toBe(moment);
      }),
    );
  });
});

it('a time zone has a name that is known', () => {
  for (const zone of ZONES) expect(isTimeZone(zone)).toBe(true);
  for (const zone of ['Asia/Nowhere', '', 'midnight']) expect(isTimeZone(zone)).toBe(false);
});

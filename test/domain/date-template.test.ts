import { describe, expect, it } from 'vitest';
import { badTemplates, dateTemplates, hasDate, strangeTemplates, withDate, withoutDates } from '../../domain/date-template.ts';

const DAY = { year: 2026, month: 3, day: 1 };

describe('a date in an address', () => {
  it.each([
    ['s3://imagery/{date}/', 's3://imagery/2026-03-01/'],
    ['s3://imagery/{date-1}/', 's3://imagery/2026-02-28/'],
    ['s3://imagery/{date+31}/', 's3://imagery/2026-04-01/'],
    ['s3://imagery/{date:YYYY/MM/DD}/', 's3://imagery/2026/03/01/'],
    ['s3://imagery/{date-1:YYYYMMDD}/{date:YYYY}/', 's3://imagery/20260228/2026/'],
    ['s3://imagery/{x}/{ date}/', 's3://imagery/{x}/{ date}/'],
  ])('%s is %s', (template, address) => {
    expect(badTemplates(template)).toEqual([]);
    expect(withDate(template, DAY)).toBe(address);
  });

  it.each(['{date', '{date-}', '{dates}', '{date:}', '{date:YY}', '{date:YYYY-MM-DD hh}', '{date-1000}', '{date:plain}'])(
    '%s means nothing, and is named',
    (template) => {
      expect(badTemplates(`s3://imagery/{date}/${template}`)).toEqual([template]);
      expect(hasDate(`s3://imagery/${template}`)).toBe(true);
    },
  );

  it('is meant by words in braces, but not by a figure in braces or by half of them', () => {
    expect(strangeTemplates('s3://b/{Date}/{yesterday}/{ date}/{%Y}/{dat}/{date}/{mm}/')).toEqual([
      '{Date}',
      '{yesterday}',
      '{ date}',
      '{%Y}',
      '{dat}',
      '{mm}',
    ]);
    expect(strangeTemplates('s3://b/{date:YY}/{7}/{1f0c-4a2b}/{}/x{y/')).toEqual([]);
  });

  it('is named, and left out of a name that is the same every day', () => {
    expect(dateTemplates('s3://b/{date-1}/{date:YY}/{date:DD}/')).toEqual(['{date-1}', '{date:DD}']);
    expect(withoutDates('s3://b/harb/{date:YYYY/MM/DD}/tiles_{date}.jsonl')).toBe('s3://b/harb//tiles.jsonl');
  });

  it('is seen where there is one', () => {
    expect(hasDate('s3://imagery/{date:DD}/')).toBe(true);
    expect(hasDate('s3://imagery/{data}/')).toBe(false);
  });
});

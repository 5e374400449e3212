import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../domain/errors.ts';
import type { TileRecord } from '../../domain/record.ts';
import { Histogram } from '../../report/histogram.ts';
import { Tally, OTHER_WARNINGS } from '../../report/tally.ts';
import { failedWith, recordOf, shipsOf } from './fixture.ts';

const codes = fc.constantFrom<ErrorCode>('timeout', 'missing', 'empty_tile', 'cancelled');
const failure = fc.option(codes, { nil: null });
const record = fc
  .record({
    key: fc.nat({ max: 400 }),
    ships: fc.boolean(),
    code: failure,
    ms: fc.nat({ max: 1e6 }),
    attempts: fc.nat({ max: 5 }),
  })
  .map(({ key, ships, code, ms, attempts }): TileRecord => {
    const over = { attempts, latency_ms: ms, warnings: ms % 3 === 0 ? [`warning ${ms % 5}`] : [] };
    const outcome = code === null ? {} : failedWith(code, `at ${ms}`);
    return (ships ? shipsOf : (name: string, rest: object) => recordOf({ key: name, ...rest }))(`${key}.tif`, {
      ...over,
      ...outcome,
    });
  });

function tallyOf(records: readonly TileRecord[]): Tally {
  const tally = new Tally();
  for (const each of records) tally.add(each);
  return tally;
}

/** Everything that a report takes from a tally. */
function said(tally: Tally) {
  const services = [...tally.services].map(([name, { attempts, latency, ...sums }]) => [
    name,
    sums,
    attempts.spread(),
    latency.spread(),
  ]);
  return {
    tasks: Object.fromEntries(tally.tasks),
    errors: Object.fromEntries(tally.errors),
    clusters: tally.clusters,
    warnings: Object.fromEntries(tally.warnings),
    services: Object.fromEntries(services.map(([name, ...rest]) => [name, rest])),
    samples: tally.sampler.chosen(),
  };
}

describe('a tally', () => {
  test('of parts, merged, says what one tally of all records says', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 150 }), fc.nat({ max: 150 }), (records, cut) => {
        const merged = tallyOf(records.slice(0, cut));
        merged.merge(tallyOf(records.slice(cut)));
        expect(said(merged)).toEqual(said(tallyOf(records)));
      }),
      { numRuns: 60 },
    );
  });

  test('counts errors that say the same as one, with an example', () => {
    const late = ['b', 'a', 'c'].map((key, at) => recordOf({ key, ...failedWith('timeout', `no result before 12:0${at}`) }));
    const tally = tallyOf([...late, recordOf({ key: 'd', ...failedWith('timeout', 'the job hangs') })]);
    expect(tally.errors.get('timeout')).toBe(4);
    expect(tally.clusters).toEqual([
      {
        service: 'caption',
        code: 'timeout',
        count: 3,
        text: 'no result before <time>',
        example: { uri: 's3://imagery/a', message: 'no result before 12:01' },
      },
      expect.objectContaining({ count: 1, text: 'the job hangs' }),
    ]);
  });

  test('holds twenty kinds of errors however many there are, and loses none', () => {
    const word = (at: number): string =>
      at
        .toString(36)
        .replace(/\d/gu, (digit) => 'qrstuvwxyz'.charAt(Number(digit)))
        .repeat(4);
    const tally = tallyOf(
      Array.from({ length: 500 }, (_, at) => recordOf({ ...failedWith('model_error', `${word(at)} failed`) })),
    );
    expect(tally.clusters).toHaveLength(20);
    expect(tally.clusters.reduce((sum, { count }) => sum + count, 0)).toBe(500);
  });

  test('counts the job of an answer that several tiles share once, and their warnings together', () => {
    const shared = (key: string) =>
      recordOf({ key, attempts: 0, latency_ms: 4_000, warnings: ['same_request_as=s3://imagery/a.tif', 'odd'] });
    const tally = tallyOf([recordOf({ key: 'a.tif', attempts: 1, latency_ms: 4_000 }), shared('b.tif'), shared('c.tif')]);
    expect(tally.services.get('caption')).toMatchObject({ records: 3, jobs: 1 });
    expect(tally.services.get('caption')?.latency.spread()).toMatchObject({ p50: expect.any(Number) });
    expect(Object.fromEntries(tally.warnings)).toEqual({ same_request_as: 2, odd: 2 });
  });

  test('holds a hundred texts of warnings and counts the rest together', () => {
    const tally = tallyOf(Array.from({ length: 150 }, (_, at) => recordOf({ warnings: [`odd ${at}`] })));
    expect(tally.warnings.size).toBe(101);
    expect(tally.warnings.get(OTHER_WARNINGS)).toBe(50);
  });
});

describe('the sample tiles', () => {
  const keys = Array.from({ length: 5_000 }, (_, at) => `tiles/${at}.tif`);
  const both = (key: string) => [recordOf({ key }), shipsOf(key)];

  test('are twelve, in the order of their keys, the same whatever the order of the records', () => {
    const chosen = tallyOf(keys.flatMap(both)).sampler.chosen();
    expect(chosen).toHaveLength(12);
    const captionsLast = [...keys.map((key) => shipsOf(key)), ...keys.toReversed().map((key) => recordOf({ key }))];
    const other = tallyOf(captionsLast).sampler.chosen();
    expect(other.map(({ key }) => key)).toEqual(chosen.map(({ key }) => key));
    expect(other.every(({ answers }) => answers.length === 2)).toBe(true);
  });

  test('come from all over the run', () => {
    const places = tallyOf(keys.flatMap(both))
      .sampler.chosen()
      .map(({ key }) => Number(/\d+/u.exec(key)?.[0]));
    const quarters = new Set(places.map((place) => Math.floor(place / 1_250)));
    expect(quarters.size).toBe(4);
  });

  test('have every task answered where enough tiles have', () => {
    const records = keys.flatMap((key, at) => [
      recordOf({ key }),
      shipsOf(key, at % 2 === 0 ? failedWith('timeout', 'late') : {}),
    ]);
    const chosen = tallyOf(records).sampler.chosen();
    expect(chosen).toHaveLength(12);
    expect(chosen.every(({ answers }) => answers.every((answer) => answer.text !== null))).toBe(true);
  });

  test('never are tiles without any answer', () => {
    expect(tallyOf([recordOf({ ...failedWith('missing', 'gone') })]).sampler.chosen()).toEqual([]);
  });

  test('hold no more than the beginning of a long text', () => {
    const [sample] = tallyOf([recordOf({ text: '🚢'.repeat(3_000) })]).sampler.chosen();
    expect(sample?.answers[0]?.text?.length).toBeLessThan(2_010);
    expect(sample?.answers[0]?.text).not.toMatch(/[\uD800-\uDFFF]/u);
  });
});

describe('percentiles', () => {
  test('are within 3 % of the true ones, and the largest is exact', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 300 }), (values) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        const sorted = values.toSorted((a, b) => a - b);
        const median = sorted[Math.ceil(values.length / 2) - 1] ?? 0;
        const spread = histogram.spread();
        expect(Math.abs((spread?.p50 ?? 0) - median)).toBeLessThanOrEqual(median * 0.03 + 0.5);
        expect(spread?.max).toBe(sorted.at(-1));
      }),
    );
  });

  test('tell small whole numbers apart, and of nothing there are none', () => {
    for (let value = 0; value <= 20; value += 1) {
      const histogram = new Histogram();
      histogram.add(value);
      histogram.add(1_000);
      expect(histogram.spread()?.p50).toBe(value);
    }
    expect(new Histogram().spread()).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNewer, seenRuns, seenSince, standingOf, takesThePlaceOf, type Standing } from '../../domain/current.ts';
import { harvestWarning } from '../../domain/harvest.ts';

const MINUTE = 60_000;
const at = (minute: number): string => new Date(minute * MINUTE).toISOString();
const asked = (run_id: string, minute: number) => ({
  run_id,
  record_id: `${run_id}@${minute}`,
  created_at: at(minute),
  warnings: [],
});
const taken = (run_id: string, from: ReturnType<typeof asked>) => ({ ...from, run_id, warnings: [harvestWarning(from.run_id)] });

const STANDING: fc.Arbitrary<Standing> = fc.record({
  run_id: fc.constantFrom('a', 'b', 'c'),
  record_id: fc.constantFrom('1', '2', '3'),
  createdAtMs: fc.nat(3),
  sinceMs: fc.nat(3),
  takenOver: fc.boolean(),
});

describe('of two records of the same place', () => {
  test('the one that was made later is newer', () => {
    const [early, late] = [standingOf(asked('r1', 10), 0), standingOf(asked('r2', 20), 5 * MINUTE)];
    expect([isNewer(late, early), isNewer(early, late)]).toEqual([true, false]);
    expect(takesThePlaceOf(late, early)).toBe(true);
  });

  test('the one that a later run took over is newer than what was asked in between: the question is again what it was', () => {
    const before = asked('r1', 10);
    const [between, again] = [standingOf(asked('r2', 20), 15 * MINUTE), standingOf(taken('r3', before), 30 * MINUTE)];
    expect(takesThePlaceOf(again, between)).toBe(true);
    expect(takesThePlaceOf(between, again)).toBe(false);
  });

  test('of the same moment the one that was not taken over is newer, and then that of the smaller run id', () => {
    const tie = { createdAtMs: 1, sinceMs: 1, record_id: 'x' };
    const [own, copy] = [
      { ...tie, run_id: 'r9', takenOver: false },
      { ...tie, run_id: 'r1', takenOver: true },
    ];
    expect(isNewer(own, copy)).toBe(true);
    expect(isNewer({ ...own, run_id: 'r1' }, own)).toBe(true);
  });

  test('a copy of the same answer changes nothing, the answer itself takes the place of its copy', () => {
    const own = standingOf(asked('r1', 10), 0);
    const copy = standingOf(taken('r2', asked('r1', 10)), 20 * MINUTE);
    expect([takesThePlaceOf(copy, own), takesThePlaceOf(own, copy)]).toEqual([false, true]);
  });

  test('exactly one is newer unless they are the same, and what is newer than the newer is newer than both', () => {
    fc.assert(
      fc.property(STANDING, STANDING, STANDING, (a, b, c) => {
        const place = ({ sinceMs, takenOver, run_id, record_id }: Standing) => `${sinceMs} ${takenOver} ${run_id} ${record_id}`;
        expect(isNewer(a, b) !== isNewer(b, a)).toBe(place(a) !== place(b));
        expect(isNewer(a, b) && isNewer(b, c) && !isNewer(a, c)).toBe(false);
      }),
    );
  });

  test('the newest of many is the same in whatever order and groups they are compared, however often', () => {
    const newer = (a: Standing, b: Standing): Standing => (isNewer(b, a) ? b : a);
    const about = ({ createdAtMs: _createdAtMs, ...rest }: Standing): object => rest;
    fc.assert(
      fc.property(STANDING, STANDING, STANDING, (a, b, c) => {
        expect(about(newer(a, b))).toEqual(about(newer(b, a)));
        expect(about(newer(newer(a, b), c))).toEqual(about(newer(a, newer(b, c))));
        expect(newer(a, a)).toBe(a);
      }),
    );
  });
});

describe('the runs that a view has seen', () => {
  const [r1, r2, r3] = [10, 20, 30].map((minute, n) => ({ run_id: `r${n + 1}`, started_at: at(minute) })) as [
    { run_id: string; started_at: string },
    { run_id: string; started_at: string },
    { run_id: string; started_at: string },
  ];

  test('are in the order in which they began, each once', () => {
    expect(seenRuns([r3, r1], [r2, r3])).toEqual([r1, r2, r3]);
  });

  test('may know better than a run that began before them', () => {
    expect(seenSince([r1, r2, r3], r2)).toEqual([r3]);
    expect(seenSince([r1, r2], r3)).toEqual([]);
  });
});

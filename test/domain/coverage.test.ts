import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, CoveredGathering, isWhole, NO_COVERAGE, tasksIn } from '../../domain/coverage.ts';
import { isCovered, passing, tasksLeft, withBegun, type StrandRanges } from '../../domain/cursor.ts';
import { newStrand } from '../../domain/strand.ts';

const TASKS = 3;
/** Masks of the lines of two ranges. */
const anyMasks = fc.tuple(
  fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 20 }),
  fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 20 }),
);

function coverageBy(ranges: readonly (readonly number[])[]) {
  const gathered = ranges.map((masks) => {
    const gathering = new CoveredGathering();
    for (const [line, mask] of masks.entries()) gathering.add(line, mask);
    return gathering.lines;
  });
  return coverageOf(new Map(gathered.entries()));
}

function strandOf(ranges: readonly (readonly number[])[]): StrandRanges {
  const harvested = { coverage: coverageBy(ranges), tasks: TASKS };
  return { ranges: ranges.map((_, range) => range), linesOf: (range) => ranges[range]?.length ?? 0, harvested };
}

describe('what closed runs have answered', () => {
  it('is known of every line, however it was gathered', () => {
    fc.assert(
      fc.property(anyMasks, (ranges) => {
        const coverage = coverageBy(ranges);
        for (const [range, masks] of ranges.entries()) {
          for (const [line, mask] of masks.entries()) {
            expect(coverage.maskAt({ range, line })).toBe(mask);
            const rest = masks.slice(line).reduce((sum, one) => sum + tasksIn(one), 0);
            expect(coverage.tasksFrom({ range, line })).toBe(rest);
          }
          expect(coverage.maskAt({ range, line: masks.length })).toBe(0);
        }
      }),
    );
  });

  it('takes few entries for many lines', () => {
    const gathering = new CoveredGathering();
    for (let line = 0; line < 25_000; line += 1) gathering.add(line, line === 7 ? 0 : 3);
    expect(gathering.lines).toEqual([
      [0, 6, 3],
      [8, 24_999, 3],
    ]);
  });

  it('is nothing where there was no harvest', () => {
    expect(coverageOf(new Map())).toBe(NO_COVERAGE);
    expect(isCovered({ ranges: [0], linesOf: () => 1 }, { range: 0, line: 0 })).toBe(false);
  });

  it('is passed by the cursor, and what is left is what is to be asked', () => {
    fc.assert(
      fc.property(anyMasks, fc.infiniteStream(fc.boolean()), (ranges, dice) => {
        const of = strandOf(ranges);
        const places = ranges.flatMap((masks, range) => masks.map((mask, line) => ({ range, line, mask })));
        const asked = places.filter(({ mask }) => !isWhole(mask, TASKS));
        const begun = asked.filter(() => dice.next().value === true);
        const state = begun.reduce((next, place) => withBegun(next, place, of), passing(newStrand(0), of));
        const open = asked.filter((place) => !begun.includes(place));
        expect(tasksLeft(state, of, TASKS)).toBe(open.reduce((sum, { mask }) => sum + TASKS - tasksIn(mask), 0));
        const last = ranges.length - 1;
        const [first = { range: last, line: of.linesOf(last) }] = open;
        expect(state.cursor).toEqual({ range: first.range, line: first.line });
      }),
    );
  });
});

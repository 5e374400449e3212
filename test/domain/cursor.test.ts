import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  rangesOfStrand,
  rangesPassed,
  tasksLeft,
  withBegun,
  withTilesOfIntents,
  type StrandRanges,
} from '../../domain/cursor.ts';
import type { StrandState, TilePlace } from '../../domain/log.ts';
import { intended, newStrand } from '../../domain/strand.ts';
import { intentOf, NOW, timesOf } from './strand-states.ts';

function rangesOf(lines: readonly number[]): StrandRanges {
  return { ranges: [...lines.keys()], linesOf: (range) => lines[range] ?? 0 };
}
const placesOf = (of: StrandRanges): TilePlace[] =>
  of.ranges.flatMap((range) => Array.from({ length: of.linesOf(range) }, (_, line) => ({ range, line })));
const begin = (places: readonly TilePlace[], of: StrandRanges): StrandState =>
  places.reduce((state, place) => withBegun(state, place, of), newStrand(of.ranges[0] ?? 0));

/** Ranges with the tiles of a beginning of the strand, in any order, some of them left out. */
const anyBegun = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((lines) => {
  const of = rangesOf(lines);
  return fc.shuffledSubarray(placesOf(of)).map((places) => ({ of, places }));
});

describe('the cursor', () => {
  it('stands at the first tile that has not begun, in whatever order the others did', () => {
    fc.assert(
      fc.property(anyBegun, ({ of, places }) => {
        const { cursor, ahead } = begin(places, of);
        const open = placesOf(of).find(
          (place) => !places.some(({ range, line }) => range === place.range && line === place.line),
        );
        const last = of.ranges.length - 1;
        expect(cursor).toEqual(open ?? { range: last, line: of.linesOf(last) });
        const beyond = places.filter(({ range, line }) => range > cursor.range || (range === cursor.range && line > cursor.line));
        expect(new Set(ahead.map(({ range, line }) => `${range}/${line}`))).toEqual(
          new Set(beyond.map(({ range, line }) => `${range}/${line}`)),
        );
      }),
    );
  });

  it('knows how many tasks are left', () => {
    fc.assert(
      fc.property(anyBegun, ({ of, places }) => {
        expect(tasksLeft(begin(places, of), of, 3)).toBe(3 * (placesOf(of).length - places.length));
      }),
    );
  });

  it('goes on to the next range of its own strand', () => {
    const of = { ranges: [1, 4], linesOf: () => 1 };
    expect(begin([{ range: 1, line: 0 }], of).cursor).toEqual({ range: 4, line: 0 });
    expect(begin(placesOf(of), of)).toMatchObject({ cursor: { range: 4, line: 1 }, ahead: [] });
  });

  it('has nothing left where a strand has no range', () => {
    expect(tasksLeft(newStrand(0), rangesOf([]), 1)).toBe(0);
  });
});

describe('the ranges of a lane', () => {
  it('go to its strands in turn, each to exactly one', () => {
    expect(rangesOfStrand(7, { strand: 1, strands: 3 })).toEqual([1, 4]);
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 8 }), (ranges, strands) => {
        const dealt = Array.from({ length: strands }, (_, strand) => rangesOfStrand(ranges, { strand, strands }));
        expect(dealt.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: ranges }, (_, range) => range));
      }),
    );
  });

  it('are passed from the first on, when every tile has a record for every task', () => {
    const of = { ranges: [0, 2, 4], linesOf: () => 3 };
    const passed = (recorded: Record<string, number>): number => rangesPassed({ ...newStrand(0), recorded }, of, 2);
    expect([passed({}), passed({ 0: 5 }), passed({ 0: 6 }), passed({ 0: 6, 4: 6 }), passed({ 0: 6, 2: 6, 4: 6 })]).toEqual([
      0, 0, 1, 1, 3,
    ]);
  });
});

describe('a successor that finds intents after the last slice', () => {
  const of = rangesOf([4]);
  const going = { tasks: ['caption', 'ships'], of, now: NOW + 1 };

  it('begins their tiles with all their tasks, so that none begins twice', () => {
    const left = [0, 2].reduce((state, line) => intended(state, intentOf(line), timesOf(3)), newStrand(0));
    const state = withTilesOfIntents(left, going);
    expect(state).toMatchObject({ cursor: { range: 0, line: 1 }, ahead: [{ range: 0, line: 2 }] });
    expect(state.tasks.map(({ line, task, owedAtMs }) => [line, task, owedAtMs])).toEqual([
      [0, 'caption', null],
      [2, 'caption', null],
      [0, 'ships', NOW + 1],
      [2, 'ships', NOW + 1],
    ]);
  });

  it('leaves tiles alone that had begun before', () => {
    const before = begin(
      [
        { range: 0, line: 0 },
        { range: 0, line: 2 },
      ],
      of,
    );
    const state = [0, 2].reduce((next, line) => intended(next, intentOf(line), timesOf(3)), before);
    expect(withTilesOfIntents(state, going)).toEqual(state);
  });

  it('begins a tile once where several of its tasks had intents, and does the same twice over', () => {
    const both = ['caption', 'ships'].map((task, i) => intentOf(i, { line: 1, task }));
    const left = both.reduce((state, intent) => intended(state, intent, timesOf(3)), newStrand(0));
    const state = withTilesOfIntents(left, going);
    expect(state.tasks).toHaveLength(2);
    expect(state.ahead).toEqual([{ range: 0, line: 1 }]);
    expect(withTilesOfIntents(state, going)).toEqual(state);
  });
});

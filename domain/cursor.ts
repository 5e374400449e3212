import type { StrandState, TilePlace } from './log.ts';

/** The ranges of one strand, in order, with the number of their tiles. */
export interface StrandRanges {
  readonly ranges: readonly number[];
  linesOf(range: number): number;
}

/** @returns the ranges that a strand of a lane works through: every `strands`-th. */
export function rangesOfStrand(ranges: number, strand: { strand: number; strands: number }): number[] {
  return Array.from({ length: ranges }, (_, range) => range).filter((range) => range % strand.strands === strand.strand);
}

function same(a: TilePlace, b: TilePlace): boolean {
  return a.range === b.range && a.line === b.line;
}

function onward(place: TilePlace, of: StrandRanges): TilePlace {
  if (place.line < of.linesOf(place.range)) return place;
  const next = of.ranges.find((range) => range > place.range);
  return next === undefined ? place : { range: next, line: 0 };
}

/** @returns the state with a tile begun: the cursor stands at the first that has not. */
export function withBegun(state: StrandState, place: TilePlace, of: StrandRanges): StrandState {
  let cursor = state.cursor;
  let ahead: readonly TilePlace[] = [...state.ahead, { range: place.range, line: place.line }];
  for (let at = ahead.find((tile) => same(tile, cursor)); at !== undefined; at = ahead.find((tile) => same(tile, cursor))) {
    const passed = at;
    ahead = ahead.filter((tile) => tile !== passed);
    cursor = onward({ range: cursor.range, line: cursor.line + 1 }, of);
  }
  return { ...state, cursor, ahead };
}

/** @returns tiles of the strand that have not begun. */
export function tilesLeft(state: StrandState, of: StrandRanges): number {
  const rest = of.ranges.filter((range) => range >= state.cursor.range).reduce((sum, range) => sum + of.linesOf(range), 0);
  return Math.max(0, rest - state.cursor.line - state.ahead.length);
}

/** @returns how many of the strand's ranges, from the first on, have a record for every tile and task. */
export function rangesPassed(state: StrandState, of: StrandRanges, tasks: number): number {
  const at = of.ranges.findIndex((range) => (state.recorded[range] ?? 0) < of.linesOf(range) * tasks);
  return at === -1 ? of.ranges.length : at;
}

import type { OpenTask, StrandState, TilePlace } from './log.ts';
import { begun, samePlace } from './strand.ts';

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

function hasBegun(state: StrandState, { range, line }: TilePlace): boolean {
  const { cursor, ahead } = state;
  const before = range < cursor.range || (range === cursor.range && line < cursor.line);
  return before || ahead.some((place) => same(place, { range, line }));
}

/** Who goes on with a strand, and how its tiles are asked. */
export interface Continuation {
  readonly tasks: readonly string[];
  readonly of: StrandRanges;
  readonly now: number;
}

function withTile(state: StrandState, known: OpenTask, { tasks, of, now }: Continuation): StrandState {
  const { range, line, tile, facts } = known;
  const missing = tasks
    .map((task) => ({ range, line, task }))
    .filter((place) => !state.tasks.some((open) => samePlace(open, place)));
  const all = missing.reduce((next, place) => begun(next, { ...place, tile, facts }, now), state);
  return withBegun(all, known, of);
}

/**
 * A predecessor's intents came after its last slice: their tiles have begun, although the cursor that it left does not
 * say so. Their other tasks begin here, with what is known of the tile, so that no tile ever begins twice.
 */
export function withTilesOfIntents(state: StrandState, continuation: Continuation): StrandState {
  return state.tasks.reduce((next, task) => (hasBegun(next, task) ? next : withTile(next, task, continuation)), state);
}

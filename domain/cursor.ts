import { isWhole, NO_COVERAGE, tasksIn, type Coverage } from './coverage.ts';
import type { OpenTask, StrandState, TilePlace } from './log.ts';
import { begun, samePlace } from './strand.ts';

/** The ranges of one strand, in order, with the number of their tiles. */
export interface StrandRanges {
  readonly ranges: readonly number[];
  linesOf(range: number): number;
  /** What closed runs have answered; with how many tasks a tile of the lane has. */
  readonly harvested?: { readonly coverage: Coverage; readonly tasks: number };
}

/** @returns which tasks of a tile have been answered by closed runs. */
export function coveredAt({ harvested }: StrandRanges, place: TilePlace): number {
  return harvested === undefined ? 0 : harvested.coverage.maskAt(place);
}

/** @returns whether nothing of a tile is to be asked: it never begins. */
export function isCovered(of: StrandRanges, place: TilePlace): boolean {
  return of.harvested !== undefined && isWhole(coveredAt(of, place), of.harvested.tasks);
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
  return passing({ ...state, ahead: [...state.ahead, { range: place.range, line: place.line }] }, of);
}

/** @returns the state with its cursor at a tile that is to begin: what has begun or need not is behind it. */
export function passing(state: StrandState, of: StrandRanges): StrandState {
  let { cursor, ahead } = state;
  for (;;) {
    const at = ahead.find((tile) => same(tile, cursor));
    if (at === undefined && !isCovered(of, cursor)) return { ...state, cursor, ahead };
    ahead = at === undefined ? ahead : ahead.filter((tile) => tile !== at);
    cursor = onward({ range: cursor.range, line: cursor.line + 1 }, of);
  }
}

/** @param tasks how many tasks a tile has. @returns tasks of the strand that have not begun and are to be asked. */
export function tasksLeft(state: StrandState, of: StrandRanges, tasks: number): number {
  const { cursor, ahead } = state;
  const coverage = of.harvested?.coverage ?? NO_COVERAGE;
  const ranges = of.ranges.filter((range) => range >= cursor.range);
  const lines = ranges.reduce((sum, range) => sum + of.linesOf(range), 0) - cursor.line - ahead.length;
  const known = ranges.reduce((sum, range) => sum + coverage.tasksFrom(range === cursor.range ? cursor : { range, line: 0 }), 0);
  const knownAhead = ahead.reduce((sum, place) => sum + tasksIn(coverage.maskAt(place)), 0);
  return Math.max(0, lines * tasks - known + knownAhead);
}

/** @returns how many of the strand's ranges, from the first on, have a record for every tile and task. */
export function rangesPassed(state: StrandState, of: StrandRanges, tasks: number): number {
  const at = of.ranges.findIndex((range) => (state.recorded[range] ?? 0) < of.linesOf(range) * tasks);
  return at === -1 ? of.ranges.length : at;
}

/** @returns those of a lane's tasks that a mask does not name. */
export function tasksToAsk<Task>(tasks: readonly Task[], mask: number): Task[] {
  return tasks.filter((_task, at) => (mask & (1 << at)) === 0);
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
  const missing = tasksToAsk(tasks, coveredAt(of, known))
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

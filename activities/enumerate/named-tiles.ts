import type { S3Location } from '../../domain/layout.ts';
import { compareLocations } from '../../domain/merge-order.ts';
import type { Ignored, Tile } from '../../domain/tile.ts';
import type { Pulse } from '../pulse.ts';
import { watched } from '../watched.ts';
import type { Candidate } from './candidate.ts';
import { externalSort } from './external-sort.ts';

const ENTRIES_A_BEAT = 10_000;
const ENTRIES_IN_MEMORY = 100_000;

/** Tiles that something names, in any order and more than once. */
export interface NamedTiles<Entry extends S3Location> {
  /** JSON values. */
  readonly entries: AsyncIterable<Entry>;
  readonly tileOf: (entry: Entry) => Tile;
  /** What counts of two entries for one tile, which came in this order. */
  readonly joined: (first: Entry, second: Entry) => Entry;
  /** Why it is no tile; null where it is one. */
  readonly judge: (tile: Tile) => Ignored | null;
  readonly pulse: Pulse;
  /** Entries sorted in memory at once. */
  readonly keep?: number | undefined;
}

/** Every repetition comes before the tile that it repeats, so that a cut at a tile has them all behind it. */
async function* withoutRepetitions<Entry extends S3Location>(
  sorted: AsyncIterable<Entry>,
  { tileOf, judge, joined }: NamedTiles<Entry>,
): AsyncGenerator<Candidate> {
  const named = (tile: Tile): Candidate => ({ tile, ignored: judge(tile) });
  let before: Entry | null = null;
  for await (const entry of sorted) {
    const isRepetition: boolean = before !== null && compareLocations(before, entry) === 0;
    if (before !== null) yield isRepetition ? { tile: tileOf(before), ignored: 'duplicate' } : named(tileOf(before));
    before = before !== null && isRepetition ? joined(before, entry) : entry;
  }
  if (before !== null) yield named(tileOf(before));
}

/** @returns the candidates behind a cut in the order of a manifest, each once. */
export async function* sortedTiles<Entry extends S3Location>(
  named: NamedTiles<Entry>,
  cut: S3Location | null,
): AsyncGenerator<Candidate> {
  const { pulse, keep = ENTRIES_IN_MEMORY } = named;
  const sorted = externalSort(named.entries, { compare: compareLocations, keep });
  const seen = watched(sorted, { pulse, every: ENTRIES_A_BEAT, details: (entries) => ({ sorted: entries }) });
  for await (const candidate of withoutRepetitions(seen, named))
    if (cut === null || compareLocations(candidate.tile, cut) > 0) yield candidate;
}

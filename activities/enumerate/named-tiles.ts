import type { S3Location } from '../../domain/layout.ts';
import { compareLocations, compareUtf8 } from '../../domain/merge-order.ts';
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
  /** Why it is no tile; null where it is one. */
  readonly judge: (tile: Tile) => Ignored | null;
  readonly pulse: Pulse;
  /** Entries sorted in memory at once. */
  readonly keep?: number | undefined;
}

/** Total, so that which of two entries for one tile counts does not depend on their order. */
function compareEntries(a: S3Location, b: S3Location): number {
  return compareLocations(a, b) || compareUtf8(JSON.stringify(a), JSON.stringify(b));
}

/** Every repetition comes before the tile that it repeats, so that a cut at a tile has them all behind it. */
async function* withoutRepetitions<Entry extends S3Location>(
  sorted: AsyncIterable<Entry>,
  { tileOf, judge }: NamedTiles<Entry>,
): AsyncGenerator<Candidate> {
  const named = (tile: Tile): Candidate => ({ tile, ignored: judge(tile) });
  let before: Entry | null = null;
  for await (const entry of sorted) {
    if (before !== null) {
      const tile = tileOf(before);
      yield compareLocations(before, entry) === 0 ? { tile, ignored: 'duplicate' } : named(tile);
    }
    before = entry;
  }
  if (before !== null) yield named(tileOf(before));
}

/** @returns the candidates behind a cut in the order of a manifest, each once. */
export async function* sortedTiles<Entry extends S3Location>(
  named: NamedTiles<Entry>,
  cut: S3Location | null,
): AsyncGenerator<Candidate> {
  const { pulse, keep = ENTRIES_IN_MEMORY } = named;
  const sorted = externalSort(named.entries, { compare: compareEntries, keep });
  const seen = watched(sorted, { pulse, every: ENTRIES_A_BEAT, details: (entries) => ({ sorted: entries }) });
  for await (const candidate of withoutRepetitions(seen, named))
    if (cut === null || compareLocations(candidate.tile, cut) > 0) yield candidate;
}

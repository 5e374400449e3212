import type { S3Location } from '../../domain/layout.ts';
import { compareUtf8 } from '../../domain/merge-order.ts';
import { ignoredByName, type Ignored, type Tile } from '../../domain/tile.ts';
import type { Candidate, Source } from './candidate.ts';
import { readInventory } from './inventory-manifest.ts';
import { inventoryTiles } from './inventory-tiles.ts';
import { keyFilter } from './key-filter.ts';
import type { NamingObject } from './key-list-source.ts';
import { sortedTiles } from './named-tiles.ts';
import { PinnedObject } from './pinned-object.ts';

/** Rows are in no order that means anything, so that none decides. */
function lastByText(a: Tile, b: Tile): Tile {
  return compareUtf8(JSON.stringify(a), JSON.stringify(b)) > 0 ? a : b;
}

/**
 * What an S3 Inventory says is in its source bucket: no object is asked for. Left out is what a listing leaves out; globs
 * see the whole key.
 */
export function inventorySource({ store, input, at, pulse, etag, keep }: NamingObject): Source {
  const wanted = keyFilter(input);
  const pinned = new PinnedObject(store, at, etag);
  const judge = ({ key, size }: Tile): Ignored | null => ignoredByName(key, size ?? 1) ?? (wanted(key) ? null : 'excluded');

  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    const reading = { store, at, pulse };
    const entries = inventoryTiles(reading, await readInventory(reading, pinned));
    yield* sortedTiles({ entries, tileOf: (tile) => tile, joined: lastByText, judge, pulse, keep }, cut);
  }
  return { after, etag: () => pinned.etag };
}

import { describe, expect, it } from 'vitest';
import { readTiles, readTilesArray, tileLine } from '../../activities/manifest-reader.ts';
import type { Tile } from '../../domain/tile.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { gathered } from './gathered.ts';

const REF = { bucket: 'bucket', prefix: 'o/run=r1/' };
const tile = (key: string): Tile => ({ bucket: 'images', key, etag: 'e', size: 1, last_modified: null, version_id: null });
const TILES = ['a', 'b\nc', 'd\u2028e', '\u{1F6F0}'].map(tile);

function stored(): MemoryStore {
  const store = new MemoryStore();
  store.overwrite({ bucket: 'bucket', key: 'o/run=r1/manifest/part-00003.jsonl' }, TILES.map(tileLine).join(''));
  return store;
}

describe('reading a range of the manifest', () => {
  it('gives every tile as it was written, whatever its key', async () => {
    expect(await readTilesArray(stored(), { ref: REF, range: 3 })).toEqual(TILES);
  });

  it('begins at any line', async () => {
    expect(await gathered(readTiles(stored(), { ref: REF, range: 3, fromLine: 2 }))).toEqual(TILES.slice(2));
    expect(await readTilesArray(stored(), { ref: REF, range: 3, fromLine: 4 })).toEqual([]);
  });
});

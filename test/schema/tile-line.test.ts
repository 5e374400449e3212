import { describe, expect, it } from 'vitest';
import { tileLine } from '../../activities/manifest-reader.ts';
import type { Tile } from '../../domain/tile.ts';
import { TILE } from '../../schema/tile-line.ts';

const PLAIN: Tile = { bucket: 'b', key: 'k', etag: null, size: 1, last_modified: null, version_id: null };

describe('a line of a manifest', () => {
  it.each<Tile>([PLAIN, { ...PLAIN, catalog: { bbox: [1, 2, 3, 4], datetime: '2026-11-01T10:00:00.000Z', gsd_m: null } }])(
    'is read as it was written: %j',
    (tile) => {
      expect(TILE.parse(JSON.parse(tileLine(tile)))).toEqual(tile);
    },
  );

  it('has no field catalog where no catalog named the tile', () => {
    expect(Object.keys(JSON.parse(tileLine(PLAIN)) as object)).toEqual(Object.keys(PLAIN));
  });

  it.each([{ catalog: null }, { catalog: { bbox: null, datetime: null, gsd_m: 1, more: 2 } }, { more: 1 }])(
    'is none with %j',
    (over) => {
      expect(TILE.safeParse({ ...PLAIN, ...over }).success).toBe(false);
    },
  );
});

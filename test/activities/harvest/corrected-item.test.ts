import { describe, expect, it } from 'vitest';
import type { TileRecord } from '../../../domain/record.ts';
import type { CatalogFacts, Tile } from '../../../domain/tile.ts';
import { captionOf, HarvestWorld, NOW, runOf, tileOf } from './harvest-world.ts';

const TILE = tileOf('tiles/a.png');
const [BEFORE, NOWHERE_ELSE] = [[4, 51, 5, 52] as const, [14, 41, 15, 42] as const];
const OLD_ITEM = { bbox: BEFORE, gsd_m: 10, datetime: '2026-11-01T10:00:00.000Z' };
const NEW_ITEM = { bbox: NOWHERE_ELSE, gsd_m: 20, datetime: '2026-11-02T10:00:00.000Z' };
const STAC = 's3://imagery/stac/catalog.json';

/** @returns what a new run has of a record of an earlier one, where its own list says this of the tile. */
async function taken(record: Partial<TileRecord>, catalog: CatalogFacts | undefined, uri = STAC): Promise<TileRecord> {
  const made = new HarvestWorld();
  const { spec } = runOf('old');
  const of = { spec: { ...spec, input: { ...spec.input, uri } } };
  const [old, next] = [runOf('old', of), runOf('new', { ...of, startedAt: new Date(NOW).toISOString() })];
  const tile: Tile = catalog === undefined ? TILE : { ...TILE, catalog };
  made.begin(old, [TILE]);
  made.begin(next, [tile]);
  made.close(old, [captionOf(old, TILE, record)]);
  await made.harvest('new');
  const [found] = await made.records('new');
  if (found === undefined) throw new Error('nothing was taken over');
  return found;
}

const PLAIN = { format: 'png', width: 64, height: 64 } as const;
const UTM = { format: 'tiff', width: 64, height: 64, crs: 'EPSG:32631', bbox: [1, 2, 3, 4], gsd_m: 3 } as const;

describe('a record that is taken over, of a tile whose STAC Item was corrected since,', () => {
  it('has what the Item says now, where the picture itself says nothing', async () => {
    expect(await taken({ ...PLAIN, ...OLD_ITEM }, NEW_ITEM)).toMatchObject(NEW_ITEM);
  });

  it('has nothing where the Item says nothing any more', async () => {
    const silent = { bbox: null, gsd_m: null, datetime: null };
    expect(await taken({ ...PLAIN, ...OLD_ITEM }, { ...silent, gsd_m: 20 })).toMatchObject({ ...silent, gsd_m: 20 });
    expect(await taken({ ...PLAIN, ...OLD_ITEM }, undefined)).toMatchObject(silent);
  });

  it('has its place and scale of the picture where that has one, and its time from the Item', async () => {
    const { bbox, gsd_m } = UTM;
    expect(await taken({ ...UTM, datetime: '2026-01-01T00:00:00Z' }, NEW_ITEM)).toMatchObject({
      bbox,
      gsd_m,
      datetime: NEW_ITEM.datetime,
    });
  });

  it('has its place of the Item where the picture only names a system that has no rule here', async () => {
    expect(await taken({ ...UTM, ...OLD_ITEM, crs: 'EPSG:28992' }, NEW_ITEM)).toMatchObject(NEW_ITEM);
  });

  it('has its place of the key where that has one, but no scale where the picture could not be read', async () => {
    const byKey = { crs: 'EPSG:3857', tile_z: 9, tile_x: 262, tile_y: 170, bbox: [1, 2, 3, 4] } as const;
    expect(await taken({ ...PLAIN, ...byKey, gsd_m: 3 }, NEW_ITEM)).toMatchObject({ bbox: byKey.bbox, gsd_m: 3 });
    const unread = {
      ...byKey,
      gsd_m: 10,
      status: 'failed',
      error_code: 'decode_failed',
      error_message: 'no',
      text: null,
    } as const;
    expect(await taken(unread, NEW_ITEM)).toMatchObject({ bbox: byKey.bbox, gsd_m: 20 });
  });

  it('keeps a time that may be the picture’s own where the Item says none', async () => {
    const datetime = '2026-01-01T00:00:00Z';
    expect(await taken({ ...UTM, datetime }, { ...NEW_ITEM, datetime: null })).toMatchObject({ datetime });
  });
});

it('a record that is taken over by a run of another input says what it said', async () => {
  expect(await taken({ ...PLAIN, ...OLD_ITEM }, undefined, 's3://imagery/tiles/')).toMatchObject(OLD_ITEM);
});

import { describe, expect, it } from 'vitest';
import { PreparedTiles } from '../../../activities/advance/prepared-tiles.ts';
import type { Tile } from '../../../domain/tile.ts';
import { ObjectStoreError } from '../../../ports/object-store.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { DEFAULT_IMAGE } from '../../support/pictures.ts';
import { plainRenderer } from '../../support/plain-renderer.ts';

const AT = { bucket: 'bucket', key: 'x/zzzz.png' };
const UNSEEN: Tile = { ...AT, etag: null, size: null, last_modified: null, version_id: null };

function room() {
  const store = new MemoryStore();
  const rendered: string[] = [];
  const tiles = new PreparedTiles(plainRenderer(rendered));
  const wanted = (tile: Tile) => ({ store, tile, image: DEFAULT_IMAGE });
  const prepare = (tile: Tile) => tiles.prepare(wanted(tile));
  return { store, rendered, prepare, peek: (tile: Tile) => tiles.peek(wanted(tile)) };
}

describe('a tile that was not there when the list of the run was made', () => {
  it('is missing also where it has come since, and no picture of it is made or kept', async () => {
    const { store, rendered, prepare, peek } = room();
    store.overwrite(AT, 'a picture');
    expect(await prepare(UNSEEN)).toMatchObject({
      ok: false,
      code: 'missing',
      message:
        's3://bucket/x/zzzz.png was not there, or not to be read, when the list of this run was made. It is now: the next run asks about it.',
    });
    expect({ rendered, kept: peek(UNSEEN) }).toEqual({ rendered: [], kept: null });
  });

  it('is missing in the words of S3 where it has not come, whatever was there before', async () => {
    const { store, prepare } = room();
    store.overwrite(AT, 'a picture');
    await prepare({ ...UNSEEN, etag: (await store.head(AT)).etag });
    store.remove(AT);
    expect(await prepare(UNSEEN)).toMatchObject({ code: 'missing', message: 's3://bucket/x/zzzz.png is not there.' });
  });

  it('is denied where S3 says so', async () => {
    const { store, prepare } = room();
    store.hooks.failNext(({ verb }) => verb === 'get', new ObjectStoreError('denied', 'S3 refuses it.'));
    expect(await prepare(UNSEEN)).toMatchObject({ ok: false, code: 'denied', message: 'S3 refuses it.' });
  });
});

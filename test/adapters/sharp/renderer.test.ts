import { describe, expect, it } from 'vitest';
import { renderTile } from '../../../adapters/sharp/render.ts';
import { createTileRenderer } from '../../../adapters/sharp/renderer.ts';
import { tileRendererContract } from '../../contracts/tile-renderer.ts';
import { DEFAULT_IMAGE, photo } from '../../support/pictures.ts';

tileRendererContract('preparation in worker threads', () => createTileRenderer({ threads: 2 }));
tileRendererContract('preparation in this thread', () => ({ render: renderTile, close: () => Promise.resolve() }));

describe('preparation in worker threads', () => {
  it('gives up a tile that takes too long, names the limit, and goes on with the next', async () => {
    const renderer = createTileRenderer({ threads: 1, pictureMs: 1 });
    const source = { key: '13/1838/2880.jpg', bytes: await photo().jpeg().toBuffer() };
    const both = await Promise.all([renderer.render(source, DEFAULT_IMAGE), renderer.render(source, DEFAULT_IMAGE)]);
    await renderer.close();
    for (const rendering of both) {
      expect(rendering).toMatchObject({
        ok: false,
        code: 'internal',
        message: 'The tile was not prepared within 0.001 s; the next run tries it again.',
        facts: { width: 64, height: 48, tile_z: 13 },
      });
    }
  });

  it('blames itself, not the tile, for what is left undone when it is closed', async () => {
    const renderer = createTileRenderer({ threads: 1 });
    const bytes = await photo(2_000, 2_000).png().toBuffer();
    const pending = renderer.render({ key: 'a.png', bytes }, DEFAULT_IMAGE);
    await renderer.close();
    expect(await pending).toMatchObject({ ok: false, code: 'internal' });
  });
});

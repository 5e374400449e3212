import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TileRenderer } from '../../ports/tile-renderer.ts';
import { DEFAULT_IMAGE, landscape, landscapePage, photo, seen } from '../support/pictures.ts';
import { tiff } from '../support/tiff-writer.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What every TileRenderer promises, whatever it is made of. */
export function tileRendererContract(name: string, create: () => TileRenderer): void {
  describe(`${name} as a tile renderer`, () => {
    let renderer: TileRenderer;
    beforeAll(() => {
      renderer = create();
    });
    afterAll(() => renderer.close());

    it('returns a picture that can be opened, and says of exactly these bytes what they are', async () => {
      const bytes = tiff(landscapePage());
      const rendering = await renderer.render({ key: 'a.tif', bytes }, DEFAULT_IMAGE);
      if (!rendering.ok) throw new Error(rendering.message);
      const { picture, facts } = rendering;
      expect(await seen(picture)).toMatchObject({ width: 64, height: 48, channels: 3 });
      expect(facts).toMatchObject({
        width: 64,
        height: 48,
        bands: 3,
        dtype: 'uint8',
        format: 'tiff',
        source_bytes: bytes.length,
      });
      expect(facts).toMatchObject({ sent_width: 64, sent_height: 48, sent_mime: 'image/jpeg', sent_bytes: picture.length });
      expect(facts.source_sha256).toBe(sha256(bytes));
      expect(facts.sent_sha256).toBe(sha256(picture));
    });

    it('gives the same picture for the same bytes and spec, and leaves the bytes as they were', async () => {
      const bytes = tiff(landscapePage({ type: 'uint16', pixel: (x, y, band) => landscape(x, y, band) * 40 }));
      const before = sha256(bytes);
      const source = { key: 'a.tif', bytes };
      const [one, two] = await Promise.all([renderer.render(source, DEFAULT_IMAGE), renderer.render(source, DEFAULT_IMAGE)]);
      expect(one.ok && two.ok).toBe(true);
      expect(two).toEqual(one);
      expect(sha256(bytes)).toBe(before);
    });

    it('returns a bad tile as a value with a code, a sentence and what is known of it', async () => {
      const whole = await photo(256, 256).jpeg().toBuffer();
      const rendering = await renderer.render({ key: 'a.jpg', bytes: whole.subarray(0, whole.length / 2) }, DEFAULT_IMAGE);
      expect(rendering).toMatchObject({ ok: false, code: 'decode_failed', facts: { width: 256, height: 256, format: 'jpeg' } });
      expect(rendering.ok || rendering.message).toMatch(/^The picture cannot be read \(.+\); upload the tile again\.$/);
    });

    it('goes on after a bad tile', async () => {
      const bad = renderer.render({ key: 'a.jpg', bytes: new Uint8Array([0xff, 0xd8, 0xff, 0xe0]) }, DEFAULT_IMAGE);
      const good = renderer.render({ key: 'b.jpg', bytes: await photo().jpeg().toBuffer() }, DEFAULT_IMAGE);
      expect([(await bad).ok, (await good).ok]).toEqual([false, true]);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { landscapePage, photo } from '../../support/pictures.ts';
import { refusal, rendered } from '../../support/rendered.ts';
import { tiff, truncatedTiff } from '../../support/tiff-writer.ts';

const geo = { scale: [10, 10, 0], tiepoints: [0, 0, 0, 500_000, 5_000_000, 0], keys: { 1024: 1, 1025: 1, 3072: 32_633 } };

describe('what is known of a tile', () => {
  it('is where its tags put it, and when', async () => {
    const { facts } = await rendered(tiff(landscapePage({ geo, datetime: '2024:06:01 10:20:30' })));
    expect(facts).toMatchObject({ crs: 'EPSG:32633', gsd_m: 10, datetime: '2024-06-01T10:20:30', tile_z: null });
    const expected = [15, 45.149, 15.0081, 45.1535];
    for (const [index, degrees] of (facts.bbox ?? []).entries()) expect(degrees).toBeCloseTo(expected[index] ?? Number.NaN, 3);
  });

  it('is where its key puts it', async () => {
    const { facts } = await rendered(await photo(256, 256).jpeg().toBuffer(), {}, 'grid/14/3678/5760.jpg');
    expect(facts).toMatchObject({ tile_z: 14, tile_x: 3_678, tile_y: 5_760, crs: 'EPSG:3857' });
    expect(facts.gsd_m).toBeCloseTo(6.512, 3);
  });

  it('is kept for a tile that cannot be read', async () => {
    const { code, facts } = await refusal(truncatedTiff(landscapePage({ geo }), 10), {}, '14/3678/5760.tif');
    expect(code).toBe('decode_failed');
    expect(facts).toMatchObject({ width: 64, height: 48, dtype: 'uint8', tile_z: 14, crs: 'EPSG:32633', sent_sha256: null });
    expect(facts.source_sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is no size that is not a whole number, whatever the type of its tag', async () => {
    const bytes = tiff(landscapePage({ geo }));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const entry = bytes.findIndex(
      (_, at) => at % 2 === 0 && at > 8 && at + 12 < bytes.length && view.getUint32(at) === 0x00_01_04_00,
    );
    view.setUint16(entry + 2, 11, true);
    view.setFloat32(entry + 8, 64.5, true);
    const { facts } = await refusal(bytes);
    expect(facts.width).toBe(0);
  });

  it('leaves a date out that is none', async () => {
    const none = ['2024:13:41 10:20:30', '2026:02:30 10:00:00', '2023:02:29 10:00:00', '2024:06:01 24:00:00', 'yesterday'];
    for (const datetime of none) expect((await rendered(tiff(landscapePage({ datetime })))).facts.datetime).toBeNull();
    expect((await rendered(tiff(landscapePage({ datetime: '2024:02:29 00:00:00' })))).facts.datetime).toBe('2024-02-29T00:00:00');
  });
});

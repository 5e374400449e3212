import { assert as holds, asyncProperty, constantFrom, double, integer, record } from 'fast-check';
import { fromArrayBuffer } from 'geotiff';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodeGeoTiff, type GeoPicture } from '../../local/geotiff.ts';

async function decode(file: Uint8Array) {
  const image = await (await fromArrayBuffer(new Uint8Array(file).buffer)).getImage();
  const samples = await image.readRasters({ interleave: true });
  return { image, samples };
}

function picture({ width, height, bands, depth }: { width: number; height: number; bands: number; depth: 8 | 16 }): GeoPicture {
  const length = width * height * bands;
  const samples = depth === 8 ? new Uint8Array(length) : new Uint16Array(length);
  for (let index = 0; index < length; index++) samples[index] = (index * 2_654_435_761) % 2 ** depth;
  return { width, height, bands, samples, west: 10, north: 50, pixelDegrees: 0.5 };
}

const sizes = record({
  width: integer({ min: 1, max: 40 }),
  height: integer({ min: 1, max: 40 }),
  bands: integer({ min: 1, max: 6 }),
  depth: constantFrom<8 | 16>(8, 16),
});

describe('a GeoTIFF that we write', () => {
  test('gives every sample back, whatever its size, bands and depth', async () => {
    await holds(
      asyncProperty(sizes, async (size) => {
        const written = picture(size);
        const { image, samples } = await decode(await encodeGeoTiff(written));
        expect([image.getWidth(), image.getHeight(), image.getSamplesPerPixel()]).toEqual([size.width, size.height, size.bands]);
        expect(Array.from(samples as ArrayLike<number>)).toEqual(Array.from(written.samples));
      }),
      { numRuns: 50 },
    );
  });

  test('lies where we said, in degrees of WGS 84', async () => {
    const place = record({
      west: double({ min: -180, max: 170, noNaN: true }),
      north: double({ min: -80, max: 90, noNaN: true }),
      pixelDegrees: double({ min: 1e-6, max: 1, noNaN: true }),
    });
    await holds(
      asyncProperty(place, async ({ west, north, pixelDegrees }) => {
        const { image } = await decode(
          await encodeGeoTiff({ ...picture({ width: 4, height: 3, bands: 1, depth: 8 }), west, north, pixelDegrees }),
        );
        expect(image.getOrigin().slice(0, 2)).toEqual([west, north]);
        expect(image.getResolution().slice(0, 2)).toEqual([pixelDegrees, -pixelDegrees]);
        expect(image.getGeoKeys()?.GeographicTypeGeoKey).toBe(4326);
      }),
      { numRuns: 50 },
    );
  });

  test('names the value that means there is nothing', async () => {
    const { image } = await decode(await encodeGeoTiff({ ...picture({ width: 2, height: 2, bands: 3, depth: 8 }), nodata: 0 }));
    expect(image.getGDALNoData()).toBe(0);
  });

  test('is a plain RGB picture for sharp where it has three bands of 8 bits', async () => {
    const written = picture({ width: 20, height: 10, bands: 3, depth: 8 });
    const { data, info } = await sharp(await encodeGeoTiff(written), { failOn: 'warning' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 20, height: 10, channels: 3 });
    expect(new Uint8Array(data)).toEqual(written.samples);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { georeferenceOf } from '../../domain/georeference.ts';
import type { GeoTags } from '../../domain/georeference.ts';
import { tileBox } from '../../domain/mercator.ts';
import { NOWHERE, mergedPlace, placeOfGeoreference, placeOfKey } from '../../domain/place.ts';

const SIZE = { width: 100, height: 50 };
const keys = (entries: Readonly<Record<number, number>>): number[] => {
  const flat = Object.entries(entries).flatMap(([id, value]) => [Number(id), 0, 1, value]);
  return [1, 1, 0, flat.length / 4, ...flat];
};
/** Square pixels of `scale` units, the upper left corner at x, y. */
const tags = (epsg: number, [scale, x, y]: readonly [number, number, number], extra: Partial<GeoTags> = {}): GeoTags => ({
  scale: [scale, scale, 0],
  tiepoints: [0, 0, 0, x, y, 0],
  matrix: null,
  keys: keys(epsg === 4326 ? { 1024: 2, 2048: epsg } : { 1024: 1, 3072: epsg }),
  ...extra,
});
const place = (...given: Parameters<typeof tags>) => placeOfGeoreference(georeferenceOf(tags(...given)), SIZE);

describe('where a key says that a tile is', () => {
  it.each(['grid/13/1838/2880.png', '13/1838/2880.jpg', 'a/b/13/1838/2880@2x.webp'])('is the z/x/y of %s', (key) => {
    const { tile_z, tile_x, tile_y, crs, bbox } = placeOfKey(key, null);
    expect([tile_z, tile_x, tile_y, crs]).toEqual([13, 1_838, 2_880, 'EPSG:3857']);
    const expected = [-99.228516, 47.010226, -99.18457, 47.040182];
    for (const [index, value] of (bbox ?? []).entries()) expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 6);
  });

  it('is the tile of an address below the folder of a year, where that is no day', () => {
    expect(placeOfKey('maps/2026/11/1021/680.png', null)).toMatchObject({ tile_z: 11, tile_x: 1_021, tile_y: 680 });
    expect(placeOfKey('maps/2026/13/21/7.png', null)).toMatchObject({ tile_z: 13, tile_x: 21, tile_y: 7 });
    expect(placeOfKey('v12026/11/21/7.png', null)).toMatchObject({ tile_z: 11, tile_x: 21, tile_y: 7 });
  });

  it('is the tile of a quadkey', () => {
    expect(placeOfKey('maps/a/0213001321121.jpeg', null)).toMatchObject({ tile_z: 13, tile_x: 1_645, tile_y: 2_610 });
    expect(placeOfKey('21300132.png', null)).toMatchObject({ tile_z: 8, tile_x: 0b01100110, tile_y: 0b10100011 });
  });

  it('is found again from the quadkey of any tile, but for those that read as counters or dates', () => {
    const digits = fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 8, maxLength: 23 });
    fc.assert(
      fc.property(digits, (path) => {
        const name = path.join('');
        fc.pre(!name.startsWith('0000') && !name.startsWith('20'));
        const { tile_z: z, tile_x: x, tile_y: y } = placeOfKey(`a/${name}.png`, null);
        const back = path.map((_, index) => {
          const bit = 2 ** (path.length - 1 - index);
          return (Math.floor((x ?? 0) / bit) % 2) + 2 * (Math.floor((y ?? 0) / bit) % 2);
        });
        expect([z, back.join('')]).toEqual([path.length, name]);
      }),
    );
  });

  it.each([
    ['a date', 'scenes/20210312.tif'],
    ['a date and time', 'scenes/20210312013000.tif'],
    ['a counter', 'tiles/0000000123.tif'],
    ['a short number', 'tiles/0123.tif'],
    ['a path of a date', 'scenes/2021/03/12.tif'],
    ['a number in the folders of a day', 'days/2026/11/21/7.jpg'],
    ['a number in the folders of a day without zeros', '2026/5/7/11.jpg'],
    ['a zoom level with too large a column', 'a/3/9/1.png'],
    ['a zoom level beyond any imagery', 'a/30/9/1.png'],
    ['no extension', '13/1838/2880'],
  ])('is nowhere for %s', (_what, key) => {
    expect(placeOfKey(key, SIZE)).toEqual(NOWHERE);
  });

  it('gives the metres of a pixel for the size of the tile', () => {
    expect(placeOfKey('0/0/0.png', { width: 256, height: 256 }).gsd_m).toBeCloseTo(156_543.034, 2);
    expect(placeOfKey('13/1838/2880.png', { width: 256, height: 256 }).gsd_m).toBeCloseTo(13.026, 3);
  });

  it('has four children that fill it, at any place', () => {
    const address = fc
      .integer({ min: 0, max: 20 })
      .chain((z) => fc.record({ z: fc.constant(z), x: fc.nat(2 ** z - 1), y: fc.nat(2 ** z - 1) }));
    fc.assert(
      fc.property(address, ({ z, x, y }) => {
        const [west, , , north] = tileBox({ z: z + 1, x: 2 * x, y: 2 * y });
        const [, south, east] = tileBox({ z: z + 1, x: 2 * x + 1, y: 2 * y + 1 });
        for (const [index, value] of tileBox({ z, x, y }).entries())
          expect([west, south, east, north][index]).toBeCloseTo(value, 9);
      }),
    );
  });
});

describe('where the tags of a GeoTIFF say that it is', () => {
  it('is read from degrees', () => {
    expect(place(4326, [0.01, 10, 50])).toMatchObject({ crs: 'EPSG:4326', bbox: [10, 49.5, 11, 50] });
  });

  it('is read from web mercator', () => {
    const { bbox, gsd_m } = place(3857, [10, 0, 6_446_275.841]);
    expect(bbox?.[3]).toBeCloseTo(50, 6);
    expect(gsd_m).toBeCloseTo(10 * Math.cos((49.9985 * Math.PI) / 180), 2);
  });

  it('is read from UTM, north and south (figures of PROJ)', () => {
    const north = place(32_633, [10, 500_000, 5_000_000]);
    expect(north.bbox?.[0]).toBeCloseTo(15, 9);
    expect(north.bbox?.[3]).toBeCloseTo(45.153_480_5, 5);
    expect(north).toMatchObject({ crs: 'EPSG:32633', gsd_m: 10 });
    const south = place(32_733, [10, 500_000, 5_000_000]);
    expect(south.bbox?.[3]).toBeCloseTo(-45.153_480_5, 5);
  });

  it('is the same to a metre for the UTM zones of NAD83 and ETRS89', () => {
    expect(place(26_913, [10, 519_000, 4_311_000]).bbox).toEqual(place(32_613, [10, 519_000, 4_311_000]).bbox);
    expect(place(25_832, [10, 519_000, 4_311_000]).bbox).toEqual(place(32_632, [10, 519_000, 4_311_000]).bbox);
  });

  it('has west above east across the antimeridian', () => {
    const [west = 0, , east = 0] = place(32_701, [1_000, 150_000, 8_000_000]).bbox ?? [];
    expect(west).toBeGreaterThan(179);
    expect(east).toBeLessThan(-178);
    expect(place(4326, [0.1, 175, 10]).bbox).toEqual([175, 5, -175, 10]);
  });

  it('is in longitudes to 180 where the file counts to 360', () => {
    expect(place(4326, [0.01, 350, 10]).bbox).toEqual([-10, 9.5, -9, 10]);
  });

  it('is half a pixel off where a pixel is a point', () => {
    const point = georeferenceOf(tags(4326, [1, 10, 50], { keys: keys({ 1024: 2, 1025: 2, 2048: 4326 }) }));
    expect(placeOfGeoreference(point, { width: 10, height: 10 }).bbox).toEqual([9.5, 40.5, 19.5, 50.5]);
  });

  it('follows a rotated transform', () => {
    const matrix = [0, 1, 0, 10, 1, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 1];
    const turned = georeferenceOf(tags(4326, [1, 0, 0], { matrix }));
    expect(placeOfGeoreference(turned, { width: 4, height: 2 }).bbox).toEqual([10, 50, 12, 54]);
  });

  it('is unknown but for its CRS where there is no rule for that, or only ground control points', () => {
    expect(place(2193, [10, 1_500_000, 5_000_000])).toEqual({ ...NOWHERE, crs: 'EPSG:2193' });
    const points = tags(4326, [1, 0, 0], { scale: null, tiepoints: [0, 0, 0, 10, 50, 0, 99, 0, 0, 11, 50, 0] });
    expect(placeOfGeoreference(georeferenceOf(points), SIZE)).toEqual({ ...NOWHERE, crs: 'EPSG:4326' });
  });

  it('is unknown where the CRS is the user’s own, or the coordinates are on no globe', () => {
    expect(place(32_767, [1, 0, 0])).toEqual(NOWHERE);
    expect(place(4326, [1, 10, 300]).bbox).toBeNull();
    expect(place(4326, [1, 9e7, 10]).bbox).toBeNull();
    expect(place(3857, [10, 9e7, 0]).bbox).toBeNull();
  });

  it.each([
    [9e7, 5_000_000],
    [-9e7, 5_000_000],
    [500_000, 4e7],
    [500_000, -4e7],
  ])('is unknown but for its CRS at %d east and %d north, where no zone reaches', (east, north) => {
    expect(place(32_632, [10, east, north])).toEqual({ ...NOWHERE, crs: 'EPSG:32632' });
  });

  it('is known where a scene reaches over its zone, into the next or across the equator', () => {
    expect(place(32_632, [10, 1_200_000, 5_000_000]).bbox?.[0]).toBeCloseTo(17.88, 1);
    expect(place(32_632, [10, 500_000, -1_000_000]).bbox?.[3]).toBeCloseTo(-9.05, 1);
  });

  it('is unknown but for its CRS where a tile covers nothing', () => {
    expect(place(4326, [1e-12, 10, 50])).toEqual({ ...NOWHERE, crs: 'EPSG:4326' });
  });

  it('goes before what the key says, except for z/x/y', () => {
    const byKey = placeOfKey('13/1838/2880.tif', SIZE);
    const byTags = place(32_614, [10, 500_000, 5_000_000]);
    expect(mergedPlace(byKey, byTags)).toMatchObject({ tile_z: 13, tile_x: 1_838, crs: 'EPSG:32614', bbox: byTags.bbox });
    expect(mergedPlace(byKey, NOWHERE)).toEqual(byKey);
  });

  it('throws nothing, whatever the tags hold', () => {
    const numbers = fc.option(fc.array(fc.double(), { maxLength: 20 }), { nil: null });
    fc.assert(
      fc.property(fc.record({ scale: numbers, tiepoints: numbers, matrix: numbers }), fc.integer(), (raw, epsg) => {
        const { bbox } = placeOfGeoreference(georeferenceOf({ ...raw, keys: keys({ 3072: epsg % 40_000 }) }), SIZE);
        const [west, south, east, north] = bbox ?? [-180, -90, 180, 90];
        for (const value of [west, south, east, north]) expect(Math.abs(value)).toBeLessThanOrEqual(180);
        expect(west !== east && south < north).toBe(true);
      }),
    );
  });
});

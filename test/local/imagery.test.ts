import { fromArrayBuffer } from 'geotiff';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { COLUMNS, ROWS, SIDE } from '../../local/blue-marble.ts';
import { DEMO_CREDIT, demoTiles, globeTileKey } from '../../local/imagery.ts';
import { AWKWARD_KEY } from '../../local/made-tiles.ts';

const tiles = new Map<string, Uint8Array>();
const bodyOf = (key: string): Uint8Array => tiles.get(key) ?? expect.fail(`there is no ${key}`);

async function geoImage(key: string) {
  return (await fromArrayBuffer(new Uint8Array(bodyOf(key)).buffer)).getImage();
}

/** @returns the mean of the red, green and blue band. */
async function colour(key: string): Promise<number[]> {
  const { channels } = await sharp(bodyOf(key)).stats();
  return channels.map(({ mean }) => mean);
}

beforeAll(async () => {
  for await (const { key, body } of demoTiles()) {
    if (tiles.has(key)) throw new Error(`${key} comes twice`);
    tiles.set(key, body);
  }
});

describe('the tiles of the globe', () => {
  const places = Array.from({ length: ROWS * COLUMNS }, (_, index) => [Math.floor(index / COLUMNS), index % COLUMNS] as const);

  test('are 128, each with 512 pixels along its side, and sharp decodes every one without a warning', async () => {
    expect(places).toHaveLength(128);
    for (const [row, column] of places) {
      const image = sharp(bodyOf(globeTileKey(row, column)), { failOn: 'warning' });
      const { info } = await image.raw().toBuffer({ resolveWithObject: true });
      expect(info).toMatchObject({ width: SIDE, height: SIDE, channels: 3 });
    }
  });

  test('cover the globe without a gap or an overlap', async () => {
    const boxes = await Promise.all(
      places.map(async ([row, column]) => (await geoImage(globeTileKey(row, column))).getBoundingBox()),
    );
    const expected = places.map(([row, column]) => [
      -180 + column * 22.5,
      90 - (row + 1) * 22.5,
      -180 + (column + 1) * 22.5,
      90 - row * 22.5,
    ]);
    expect(boxes).toEqual(expected);
  });

  test('show what is there: the Sahara is yellow, the South Pacific blue, Antarctica white', async () => {
    const [red = 0, , blue = 0] = await colour(globeTileKey(2, 8)); // 22.5-45 N, 0-22.5 E
    const [seaRed = 0, , seaBlue = 0] = await colour(globeTileKey(5, 2)); // 22.5-45 S, 112.5-135 W
    const ice = await colour(globeTileKey(7, 9)); // 67.5-90 S, 22.5-45 E
    expect(red).toBeGreaterThan(blue);
    expect(seaBlue).toBeGreaterThan(seaRed);
    expect(Math.min(...ice)).toBeGreaterThan(150);
  });

  test('are credited to NASA', () => {
    expect(DEMO_CREDIT).toContain('NASA');
  });
});

describe('the made objects', () => {
  test('hold a 16-bit tile of four bands whose unseen corner is no data', async () => {
    const image = await geoImage('made/sixteen-bit-four-bands.tif');
    expect([image.getBitsPerSample(), image.getSamplesPerPixel(), image.getGDALNoData()]).toEqual([16, 4, 0]);
    const [first] = (await image.readRasters()) as unknown as Uint16Array[];
    expect(first?.[0]).toBe(0);
    expect(first?.at(-1)).toBeGreaterThan(255);
  });

  test('hold a tile in which nothing is valid', async () => {
    expect((await geoImage('made/empty.tif')).getGDALNoData()).toBe(0);
    expect(await colour('made/empty.tif')).toEqual([0, 0, 0]);
  });

  test('hold a tile of which a part is missing, and the whole of it under an awkward key', async () => {
    await expect(sharp(bodyOf('made/truncated.tif'), { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow('read error');
    expect(Buffer.compare(bodyOf(AWKWARD_KEY), bodyOf(globeTileKey(2, 8)))).toBe(0);
  });

  test('hold an object without bytes, and a world file of six numbers', () => {
    expect(bodyOf('made/zero-bytes.tif')).toHaveLength(0);
    const lines = new TextDecoder().decode(bodyOf('made/sixteen-bit-four-bands.tfw')).trim().split('\n');
    expect(lines.map(Number)).toEqual([0.0001, 0, 0, -0.0001, 9.00005, 47.99995]);
  });
});

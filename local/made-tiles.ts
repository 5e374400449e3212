import { encodeGeoTiff } from './geotiff.ts';

/** One object of the demo's bucket. */
export interface DemoTile {
  /** Below the prefix of the demo. */
  readonly key: string;
  readonly body: Uint8Array;
}

/** What sensors deliver: reflectance times 10,000, which fills little of the 16 bits. */
const BRIGHTEST = 3_000;
const SIDE = 512;
const PLACE = { width: SIDE, height: SIDE, west: 9, north: 48, pixelDegrees: 0.0001 };

/** A key that breaks whoever encodes keys carelessly. */
export const AWKWARD_KEY = 'made/ünïcode #1 & 100% (copy)?.tif';

/**
 * Objects as real buckets hold them, each with its difficulty: two good ones, and five that are no picture or an
 * empty one.
 * @param sound a tile of which a part is cut off and a copy gets an awkward key.
 */
export async function* madeTiles(sound: Uint8Array): AsyncIterable<DemoTile> {
  yield { key: 'made/sixteen-bit-four-bands.tif', body: await sixteenBits() };
  yield { key: 'made/empty.tif', body: await emptyTile() };
  yield { key: 'made/truncated.tif', body: sound.subarray(0, Math.floor(sound.length * 0.6)) };
  yield { key: AWKWARD_KEY, body: sound };
  yield { key: 'made/zero-bytes.tif', body: new Uint8Array() };
  yield { key: 'made/sixteen-bit-four-bands.tfw', body: worldFile() };
}

/** Fields and a river in blue, green, red and near-infrared, with a corner that the sensor did not see: 0 is no data. */
function sixteenBits(): Promise<Uint8Array> {
  const samples = new Uint16Array(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) samples.set(pixel(x, y), (y * SIDE + x) * 4);
  }
  return encodeGeoTiff({ ...PLACE, bands: 4, samples, nodata: 0 });
}

/** @returns red, green, blue and near-infrared, each from 0 to `BRIGHTEST`. */
function pixel(x: number, y: number): readonly number[] {
  if (x + y < SIDE / 4) return [0, 0, 0, 0];
  const isRiver = Math.abs(x - SIDE / 2 - 80 * Math.sin(y / 60)) < 20;
  if (isRiver) return [300, 500, 900, 100];
  const crop = ((Math.floor(x / 64) * 7 + Math.floor(y / 64) * 3) % 5) / 5;
  return [400 + 900 * crop, 700 + 500 * crop, 350 + 400 * crop, BRIGHTEST - 1_200 * crop].map(Math.round);
}

function emptyTile(): Promise<Uint8Array> {
  return encodeGeoTiff({ ...PLACE, bands: 3, samples: new Uint8Array(SIDE * SIDE * 3), nodata: 0 });
}

/** The six lines of a world file: sizes of a pixel, rotations, and the centre of the first pixel. */
function worldFile(): Uint8Array {
  const { pixelDegrees, west, north } = PLACE;
  const lines = [pixelDegrees, 0, 0, -pixelDegrees, west + pixelDegrees / 2, north - pixelDegrees / 2];
  return Buffer.from(`${lines.join('\n')}\n`);
}

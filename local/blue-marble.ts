import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Failure } from '../domain/failure.ts';
import { encodeGeoTiff } from './geotiff.ts';

/** To be shown wherever the pictures are. */
export const BLUE_MARBLE_CREDIT =
  'Imagery: Blue Marble, NASA Earth Observatory, NASA Goddard Space Flight Center (public domain)';

/** The globe is cut into so many tiles; all are square, as 360 / 16 is 180 / 8. */
export const COLUMNS = 16;
export const ROWS = 8;

/** Pixels along the side of a tile. The picture holds 256 for each (4096 x 2048 in all): it is enlarged to twice that. */
export const SIDE = 512;

/** Degrees along the side of a tile. */
export const TILE_DEGREES = 360 / COLUMNS;

/** The npm package that carries the picture, as far as its folder is concerned. */
const PICTURE = join('three-globe', 'example', 'img', 'earth-blue-marble.jpg');

/** The decoded picture of the whole globe: RGB, 8 bits. */
export interface Globe {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Reads NASA's Blue Marble: the whole globe, west 180 at the left, north 90 at the top, equirectangular.
 * @throws Failure `NotFound` where the package that carries it is not installed.
 */
export async function readGlobe(): Promise<Globe> {
  const { data, info } = await sharp(pictureFile()).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

/** A tile of the globe as a GeoTIFF; row 0 is the northernmost, column 0 the westernmost. */
export async function globeTile(globe: Globe, row: number, column: number): Promise<Uint8Array> {
  const { pixels, width, height } = globe;
  const side = width / COLUMNS;
  const samples = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .extract({ left: column * side, top: row * side, width: side, height: side })
    .resize(SIDE, SIDE, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  return encodeGeoTiff({
    width: SIDE,
    height: SIDE,
    bands: 3,
    samples,
    west: -180 + column * TILE_DEGREES,
    north: 90 - row * TILE_DEGREES,
    pixelDegrees: TILE_DEGREES / SIDE,
  });
}

/** The package exports its code alone, so its folder is looked for as Node looks for packages. */
function pictureFile(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'node_modules', PICTURE))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Failure('NotFound', MISSING);
    directory = parent;
  }
  return join(directory, 'node_modules', PICTURE);
}

const MISSING =
  'The demo cuts its tiles from a picture in the npm package three-globe, which is not installed: run the demo in a checkout after npm ci, or install three-globe@2.45.2 next to tilescribe.';

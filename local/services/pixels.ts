import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { colourName, SURFACES, surfaceOf, type Rgb, type Surface } from './colours.ts';
import { countObjects } from './objects.ts';

/** What was really seen in a picture; shares are in [0, 1] of a grid of at most 64 x 64 samples. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly black: number;
  readonly shares: Readonly<Record<Surface, number>>;
  /** The names of the three commonest colours, commonest first. */
  readonly colours: readonly string[];
  /** Bright patches that are not the whole scene. */
  readonly brightObjects: number;
  readonly brighterHalf: 'left' | 'right' | 'top' | 'bottom' | 'neither';
}

export interface Grid {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, row by row. */
  readonly rgb: Uint8Array;
}

const GRID_SIDE = 64;
const BLACK_BELOW = 16;
/** Levels of difference between two halves below which neither is called the brighter. */
const EVEN_WITHIN = 2;

/** The formats that the real services' picture library opens and this one can read. */
const OPENABLE: ReadonlySet<string> = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff']);

/** A picture that the real service could not have opened, in words much like its own. */
export class UnopenablePicture extends Error {
  override readonly name = 'UnidentifiedImageError';
}

/** @throws {UnopenablePicture} for what is no picture, is cut short, or is of another format. */
export async function readPixels(bytes: Uint8Array): Promise<Pixels> {
  if (bytes.length === 0) unidentified();
  const picture = sharp(bytes, { failOn: 'truncated', limitInputPixels: 178_956_970 });
  const { width, height, format } = await picture.metadata().catch(unidentified);
  if (!OPENABLE.has(format)) unidentified();
  const shrunk = picture
    .resize(GRID_SIDE, GRID_SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .removeAlpha()
    .toColourspace('srgb');
  const { data: rgb, info } = await shrunk.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }).catch(cutShort);
  return { width, height, format, ...describeGrid({ width: info.width, height: info.height, rgb }) };
}

/** The address is another each time, as it is in the real error: such errors are alike, though their texts differ. */
function unidentified(): never {
  throw new UnopenablePicture(`cannot identify image file <_io.BytesIO object at 0x7f${randomBytes(5).toString('hex')}>`);
}

function cutShort(): never {
  throw new UnopenablePicture('image file is truncated or broken');
}

/** @returns everything that is read off the grid; pure. */
export function describeGrid(grid: Grid): Omit<Pixels, 'width' | 'height' | 'format'> {
  const samples = samplesOf(grid);
  const levels = samples.map(brightness);
  const surfaces = tally(samples.map(surfaceOf));
  const share = (count: number | undefined): number => (count ?? 0) / Math.max(1, samples.length);
  return {
    black: share(samples.filter(([red, green, blue]) => Math.max(red, green, blue) < BLACK_BELOW).length),
    shares: Object.fromEntries(SURFACES.map((surface) => [surface, share(surfaces.get(surface))])) as Record<Surface, number>,
    colours: commonest(tally(samples.map(colourName))).slice(0, 3),
    brightObjects: countObjects(levels, grid.width),
    brighterHalf: brighterHalf(levels, grid),
  };
}

function samplesOf({ rgb }: Grid): readonly Rgb[] {
  const at = (index: number): number => rgb[index] ?? 0;
  return Array.from({ length: rgb.length / 3 }, (_, n): Rgb => [at(3 * n), at(3 * n + 1), at(3 * n + 2)]);
}

function brightness([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

function tally<Name>(names: readonly Name[]): ReadonlyMap<Name, number> {
  const counts = new Map<Name, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function commonest(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
}

function brighterHalf(levels: readonly number[], { width, height }: Grid): Pixels['brighterHalf'] {
  const sideways = contrast(levels, (n) => n % width < width / 2);
  const upright = contrast(levels, (n) => n < (width * height) / 2);
  const [by, brighter, darker] =
    Math.abs(sideways) >= Math.abs(upright) ? ([sideways, 'left', 'right'] as const) : ([upright, 'top', 'bottom'] as const);
  if (Math.abs(by) < EVEN_WITHIN) return 'neither';
  return by > 0 ? brighter : darker;
}

/** @returns how much brighter the samples inside are than the others, in mean levels; 0 where all are inside. */
function contrast(levels: readonly number[], inside: (n: number) => boolean): number {
  let within = 0;
  let without = 0;
  let count = 0;
  levels.forEach((level, n) => {
    if (inside(n)) {
      within += level;
      count += 1;
    } else without += level;
  });
  return count === 0 || count === levels.length ? 0 : within / count - without / (levels.length - count);
}

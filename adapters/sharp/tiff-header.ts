import { parseMoment } from '../../domain/calendar.ts';
import { georeferenceOf } from '../../domain/georeference.ts';
import type { Georeference } from '../../domain/georeference.ts';
import type { Header } from './header.ts';
import { readTiffDirectories } from './tiff-tags.ts';
import type { TiffDirectory } from './tiff-tags.ts';

/** What only TIFFs say. */
export interface TiffHeader {
  readonly compression: number;
  readonly photometric: number;
  readonly bits: number;
  readonly sampleFormat: number;
  readonly orientation: number;
  /** Pixels of a block, padding included, all bands. */
  readonly blockBytes: number;
  /** Where the blocks of pixels stand in the file. */
  readonly blocks: readonly { readonly offset: number; readonly bytes: number }[];
  /** Blocks without bytes: GDAL leaves out what is nodata. */
  readonly sparse: boolean;
  readonly nodata: number | null;
  readonly datetime: string | null;
  readonly georeference: Georeference;
  /** Why pixels are missing from the file, as a sentence; null where all that it lists is there. */
  readonly incomplete: string | null;
  /** Which directory is the mask of the picture (NewSubfileType 4), or null. */
  readonly mask: number | null;
}

export const PHOTOMETRIC = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, mask: 4 } as const;

const TAG = {
  subfile: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  bands: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planar: 284,
  datetime: 306,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  scale: 33_550,
  tiepoints: 33_922,
  matrix: 34_264,
  geoKeys: 34_735,
  nodata: 42_113,
} as const;

const SAMPLE_FORMATS: Readonly<Record<number, string>> = {
  1: 'uint',
  2: 'int',
  3: 'float',
  4: 'uint',
  5: 'complex_int',
  6: 'complex',
};

/** Blocks are strips or tiles; both end up as this. */
interface Blocks {
  readonly width: number;
  readonly height: number;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}

function blocksOf(directory: TiffDirectory, size: { width: number; height: number }): Blocks {
  const tileWidth = directory.number(TAG.tileWidth);
  const tiled = tileWidth !== null;
  const rows = tiled ? directory.number(TAG.tileHeight) : directory.number(TAG.rowsPerStrip);
  return {
    width: tileWidth ?? size.width,
    height: tiled ? (rows ?? 0) : Math.min(rows ?? size.height, size.height),
    offsets: directory.numbers(tiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [],
    byteCounts: directory.numbers(tiled ? TAG.tileByteCounts : TAG.stripByteCounts) ?? [],
  };
}

/** libvips sees a missing end only at its strictest, geotiff.js never: so the offsets are added up here. */
function incompleteness(blocks: Blocks, size: { width: number; height: number; planes: number }, bytes: number): string | null {
  if (!(blocks.width > 0 && blocks.height > 0)) return 'The TIFF has blocks of no width or height; write the tile again.';
  const wanted = Math.ceil(size.width / blocks.width) * Math.ceil(size.height / blocks.height) * size.planes;
  if (blocks.offsets.length < wanted) {
    return `The TIFF lists ${blocks.offsets.length} of ${wanted} blocks of pixels; write the tile again.`;
  }
  const ends = blocks.offsets.map((offset, index) => offset + (blocks.byteCounts[index] ?? 1));
  const beyond = ends.findIndex((end) => end > bytes);
  if (beyond === -1) return null;
  return `The TIFF is truncated: block ${beyond + 1} of ${wanted} ends at byte ${ends[beyond]} of ${bytes}; upload the tile again.`;
}

/** `2020:06:01 12:30:00` as ISO 8601; the tag knows no time zone. */
function isoOf(text: string | null): string | null {
  const [, year, month, day, time = ''] = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text ?? '') ?? [];
  const iso = `${year}-${month}-${day}T${time}`;
  return parseMoment(`${iso}Z`) === null ? null : iso;
}

function nodataOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  if (/^[-+]?nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

/** Unassociated (2) and associated (1) alpha; 0 is an extra band that means nothing in particular. */
function alphaOf(directory: TiffDirectory, bands: number): number | null {
  const extra = directory.numbers(TAG.extraSamples) ?? [];
  const index = extra.findIndex((kind) => kind === 1 || kind === 2);
  return index === -1 ? null : bands - extra.length + index + 1;
}

function maskOf(directories: readonly TiffDirectory[], size: { width: number; height: number }): number | null {
  const index = directories.findIndex(
    (directory, at) =>
      at > 0 &&
      ((directory.number(TAG.subfile) ?? 0) & 5) === 4 &&
      directory.number(TAG.width) === size.width &&
      directory.number(TAG.height) === size.height,
  );
  return index === -1 ? null : index;
}

/** @throws {Unrenderable} `decode_failed` where tags lie outside the file. */
export function readTiffHeader(bytes: Uint8Array): Header {
  const directories = readTiffDirectories(bytes);
  const [first] = directories;
  const size = { width: first.number(TAG.width) ?? 0, height: first.number(TAG.height) ?? 0 };
  const count = first.number(TAG.bands) ?? 1;
  const bits = first.number(TAG.bits) ?? 1;
  const sampleFormat = first.number(TAG.sampleFormat) ?? 1;
  const photometric = first.number(TAG.photometric) ?? PHOTOMETRIC.blackIsZero;
  const blocks = blocksOf(first, size);
  const separate = first.number(TAG.planar) === 2;
  const bytesPerSample = Math.max(1, Math.ceil(bits / 8));
  return {
    ...size,
    layout: { count, rgb: photometric === PHOTOMETRIC.rgb, alpha: alphaOf(first, count) },
    dtype: `${SAMPLE_FORMATS[sampleFormat] ?? 'unknown'}${bits}`,
    bytesPerSample,
    bare: false,
    plain: photometric <= PHOTOMETRIC.rgb && bits >= 8,
    tiff: {
      compression: first.number(TAG.compression) ?? 1,
      photometric,
      bits,
      sampleFormat,
      orientation: first.number(TAG.orientation) ?? 1,
      blockBytes: blocks.width * blocks.height * bytesPerSample * (separate ? 1 : count),
      blocks: blocks.offsets.map((offset, index) => ({ offset, bytes: blocks.byteCounts[index] ?? 0 })),
      sparse: blocks.byteCounts.some((byteCount) => byteCount === 0),
      nodata: nodataOf(first.text(TAG.nodata)),
      datetime: isoOf(first.text(TAG.datetime)),
      georeference: georeferenceOf({
        scale: first.numbers(TAG.scale),
        tiepoints: first.numbers(TAG.tiepoints),
        matrix: first.numbers(TAG.matrix),
        keys: first.numbers(TAG.geoKeys),
      }),
      incomplete: incompleteness(blocks, { ...size, planes: separate ? count : 1 }, bytes.byteLength),
      mask: maskOf(directories, size),
    },
  };
}

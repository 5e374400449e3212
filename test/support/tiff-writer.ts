import { deflateSync } from 'node:zlib';

/** Bytes and how to write one sample of each type. */
const SAMPLE_TYPES = {
  uint8: { bits: 8, format: 1, put: (view: DataView, at: number, value: number) => view.setUint8(at, value) },
  uint16: { bits: 16, format: 1, put: (view: DataView, at: number, value: number) => view.setUint16(at, value, true) },
  int16: { bits: 16, format: 2, put: (view: DataView, at: number, value: number) => view.setInt16(at, value, true) },
  float32: { bits: 32, format: 3, put: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true) },
  float64: { bits: 64, format: 3, put: (view: DataView, at: number, value: number) => view.setFloat64(at, value, true) },
  complex64: { bits: 64, format: 6, put: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true) },
} as const;

type Pixel = (x: number, y: number, band: number) => number;

/** One directory of a TIFF, little-endian, in strips of 16 rows or in square tiles. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly type: keyof typeof SAMPLE_TYPES;
  readonly pixel: Pixel;
  /** 1 black is zero (the default), 2 RGB. */
  readonly photometric?: number;
  /** One per band beyond colour: 0 unspecified, 2 alpha. */
  readonly extraSamples?: readonly number[];
  /** Bands side by side (1) or one after the other (2). */
  readonly planar?: 1 | 2;
  /** Side of tiles; strips without it. */
  readonly tile?: number;
  /** Zeros that each deflated block unpacks to beyond its pixels. */
  readonly excess?: number;
  /** 1 none, 8 deflate, 50000 Zstandard; any other number is written as if it were true. */
  readonly compression?: number;
  readonly nodata?: string;
  readonly orientation?: number;
  readonly datetime?: string;
  readonly subfile?: number;
  readonly geo?: TiffGeo;
  /** A palette, 3 x 256 values of 16 bits. */
  readonly colourMap?: readonly number[];
}

export interface TiffGeo {
  readonly scale?: readonly number[];
  readonly tiepoints?: readonly number[];
  readonly matrix?: readonly number[];
  /** Key id to value. */
  readonly keys: Readonly<Record<number, number>>;
}

const STRIP_ROWS = 16;
type TagType = 2 | 3 | 4 | 12;
type Tag = readonly [tag: number, type: TagType, values: readonly number[]];
const TYPE_BYTES: Readonly<Record<TagType, number>> = { 2: 1, 3: 2, 4: 4, 12: 8 };

interface Block {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The only band, where they are apart. */
  readonly band: number | null;
}

function blocksOf(page: TiffPage): Block[] {
  const [blockWidth, blockHeight] = page.tile === undefined ? [page.width, STRIP_ROWS] : [page.tile, page.tile];
  const planes = page.planar === 2 ? Array.from({ length: page.bands }, (_, band) => band) : [null];
  return planes.flatMap((band) => {
    const blocks: Block[] = [];
    for (let y = 0; y < page.height; y += blockHeight) {
      for (let x = 0; x < page.width; x += blockWidth) {
        const height = page.tile === undefined ? Math.min(blockHeight, page.height - y) : blockHeight;
        blocks.push({ x, y, width: blockWidth, height, band });
      }
    }
    return blocks;
  });
}

/** A Zstandard frame of uncompressed blocks (RFC 8878, sections 3.1.1.1 and 3.1.1.2). */
function zstdStored(bytes: Uint8Array): Uint8Array {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const block = bytes.subarray(at, at + 65_536);
    const last = at + 65_536 >= bytes.length ? 1 : 0;
    const start = Buffer.alloc(3);
    start.writeUIntLE(last | (block.length << 3), 0, 3);
    blocks.push(start, block);
  }
  return Buffer.concat([header, ...blocks]);
}

const PACKERS: Readonly<Record<number, (bytes: Uint8Array) => Uint8Array>> = { 8: deflateSync, 50_000: zstdStored };

function blockBytes(page: TiffPage, block: Block): Uint8Array {
  const { bits, put } = SAMPLE_TYPES[page.type];
  const bands = block.band === null ? Array.from({ length: page.bands }, (_, band) => band) : [block.band];
  const bytes = new Uint8Array((block.width * block.height * bands.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let row = 0; row < block.height; row += 1) {
    for (let column = 0; column < block.width; column += 1) {
      const [x, y] = [Math.min(block.x + column, page.width - 1), Math.min(block.y + row, page.height - 1)];
      for (const band of bands) {
        put(view, at, page.pixel(x, y, band));
        at += bits / 8;
      }
    }
  }
  const padded = Buffer.concat([bytes, new Uint8Array(page.excess ?? 0)]);
  return (PACKERS[page.compression ?? 1] ?? ((plain: Uint8Array) => plain))(padded);
}

const ascii = (text: string): number[] => [...Buffer.from(`${text}\0`)];

function geoTags({ scale, tiepoints, matrix, keys }: TiffGeo): Tag[] {
  const directory = Object.entries(keys).flatMap(([id, value]) => [Number(id), 0, 1, value]);
  return [
    ...(scale === undefined ? [] : [[33_550, 12, scale] as const]),
    ...(tiepoints === undefined ? [] : [[33_922, 12, tiepoints] as const]),
    ...(matrix === undefined ? [] : [[34_264, 12, matrix] as const]),
    [34_735, 3, [1, 1, 0, directory.length / 4, ...directory]],
  ];
}

function tagsOf(page: TiffPage, offsets: readonly number[], sizes: readonly number[]): Tag[] {
  const { bits, format } = SAMPLE_TYPES[page.type];
  const each = (value: number): number[] => Array.from({ length: page.bands }, () => value);
  const layout: Tag[] =
    page.tile === undefined
      ? [
          [273, 4, offsets],
          [278, 4, [STRIP_ROWS]],
          [279, 4, sizes],
        ]
      : [
          [322, 4, [page.tile]],
          [323, 4, [page.tile]],
          [324, 4, offsets],
          [325, 4, sizes],
        ];
  return [
    [254, 4, [page.subfile ?? 0]],
    [256, 4, [page.width]],
    [257, 4, [page.height]],
    [258, 3, each(bits)],
    [259, 3, [page.compression ?? 1]],
    [262, 3, [page.photometric ?? 1]],
    [274, 3, [page.orientation ?? 1]],
    [277, 3, [page.bands]],
    [284, 3, [page.planar ?? 1]],
    [339, 3, each(format)],
    ...(page.extraSamples === undefined ? [] : [[338, 3, page.extraSamples] as const]),
    ...(page.datetime === undefined ? [] : [[306, 2, ascii(page.datetime)] as const]),
    ...(page.nodata === undefined ? [] : [[42_113, 2, ascii(page.nodata)] as const]),
    ...(page.colourMap === undefined ? [] : [[320, 3, page.colourMap] as const]),
    ...(page.geo === undefined ? [] : geoTags(page.geo)),
    ...layout,
  ];
}

function valueBytes(type: TagType, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.max(4, values.length * TYPE_BYTES[type]));
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (type === 2) view.setUint8(index, value);
    else if (type === 3) view.setUint16(index * 2, value, true);
    else if (type === 4) view.setUint32(index * 4, value, true);
    else view.setFloat64(index * 8, value, true);
  }
  return bytes;
}

/** A directory at `at`, with the values that do not fit behind it. */
function directoryBytes(tags: readonly Tag[], at: number, last: boolean): Uint8Array {
  const sorted = tags.toSorted(([a], [b]) => a - b);
  const fixed = 2 + sorted.length * 12 + 4;
  const entries = Buffer.alloc(fixed);
  const outside: Uint8Array[] = [];
  let end = at + fixed;
  entries.writeUInt16LE(sorted.length, 0);
  for (const [index, [tag, type, values]] of sorted.entries()) {
    const bytes = valueBytes(type, values);
    const entry = 2 + index * 12;
    entries.writeUInt16LE(tag, entry);
    entries.writeUInt16LE(type, entry + 2);
    entries.writeUInt32LE(values.length, entry + 4);
    if (bytes.length <= 4) entries.set(bytes, entry + 8);
    else {
      entries.writeUInt32LE(end, entry + 8);
      outside.push(bytes);
      end += bytes.length;
    }
  }
  entries.writeUInt32LE(last ? 0 : end, fixed - 4);
  return Buffer.concat([entries, ...outside]);
}

/** @returns a TIFF of these pages. Pixels of all pages come first, so that cutting the end off loses directories: see `truncatedTiff`. */
export function tiff(...pages: readonly TiffPage[]): Uint8Array {
  const blocks = pages.map((page) => blocksOf(page).map((block) => blockBytes(page, block)));
  let at = 8;
  const placed = blocks.map((page) => page.map((bytes) => ({ at: (at += bytes.length) - bytes.length, bytes })));
  const start = at;
  const directories: Uint8Array[] = [];
  for (const [index, page] of pages.entries()) {
    const own = placed[index] ?? [];
    const tags = tagsOf(
      page,
      own.map((block) => block.at),
      own.map((block) => block.bytes.length),
    );
    const bytes = directoryBytes(tags, at, index === pages.length - 1);
    directories.push(bytes);
    at += bytes.length;
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(start, 4);
  return Uint8Array.from(Buffer.concat([header, ...blocks.flat(), ...directories]));
}

/** @returns a TIFF whose directory is whole, but whose last strip ends `missing` bytes beyond the file. */
export function truncatedTiff(page: TiffPage, missing: number): Uint8Array {
  const blocks = blocksOf(page).map((block) => blockBytes(page, block));
  const sizes = blocks.map((bytes) => bytes.length);
  const length = directoryBytes(tagsOf(page, sizes, sizes), 8, true).length;
  let at = 8 + length;
  const offsets = sizes.map((size) => (at += size) - size);
  const header = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  const whole = Buffer.concat([header, directoryBytes(tagsOf(page, offsets, sizes), 8, true), ...blocks]);
  return Uint8Array.from(whole.subarray(0, whole.length - missing));
}

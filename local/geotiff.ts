import { promisify } from 'node:util';
import { deflate as deflateWithCallback } from 'node:zlib';

const deflate = promisify(deflateWithCallback);

/** A picture on the globe, in degrees of WGS 84 (EPSG:4326), north up. */
export interface GeoPicture {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** Row by row, pixel by pixel, band by band. */
  readonly samples: Uint8Array | Uint16Array;
  /** Longitude and latitude of the outer corner of the first pixel. */
  readonly west: number;
  readonly north: number;
  /** Degrees along the side of a pixel. */
  readonly pixelDegrees: number;
  /** The value that means there is nothing. */
  readonly nodata?: number;
}

/** One field of a TIFF directory: tag, type and values. */
type Field = readonly [tag: number, type: FieldType, values: readonly number[]];
type FieldType = 'ascii' | 'short' | 'long' | 'double';

const TYPES = {
  ascii: { code: 2, bytes: 1 },
  short: { code: 3, bytes: 2 },
  long: { code: 4, bytes: 4 },
  double: { code: 12, bytes: 8 },
} as const satisfies Record<FieldType, { code: number; bytes: number }>;

const HEADER_BYTES = 8;
const FIELD_BYTES = 12;
const INLINE_BYTES = 4;
const FAST = { level: 1 };

/** GeoKeys of GeoTIFF 1.1: geographic, a pixel is an area, EPSG:4326. */
const WGS84_KEYS = [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326];

/**
 * Writes a GeoTIFF: little-endian, one deflated strip. sharp writes no geographic tags, hence this.
 * @returns the bytes of the file.
 */
export async function encodeGeoTiff(picture: GeoPicture): Promise<Uint8Array> {
  const strip = await deflate(littleEndian(picture.samples), FAST);
  const fields = fieldsOf(picture, strip.length);
  const head = Buffer.alloc(HEADER_BYTES + directoryBytes(fields));
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(HEADER_BYTES, 4);
  writeDirectory(head, fields);
  return Buffer.concat([head, strip]);
}

function littleEndian(samples: Uint8Array | Uint16Array): Uint8Array {
  if (samples instanceof Uint8Array) return samples;
  const bytes = Buffer.alloc(samples.length * 2);
  for (const [index, sample] of samples.entries()) bytes.writeUInt16LE(sample, index * 2);
  return bytes;
}

/** In ascending order of their tags, as TIFF demands. The offset of the strip is the length of all before it. */
function fieldsOf({ width, height, bands, samples, ...place }: GeoPicture, stripBytes: number): Field[] {
  const bits = samples.BYTES_PER_ELEMENT * 8;
  const isRgb = bands === 3;
  const perBand = (value: number): number[] => Array.from({ length: bands }, () => value);
  const fields: Field[] = [
    [256, 'long', [width]],
    [257, 'long', [height]],
    [258, 'short', perBand(bits)],
    [259, 'short', [8]], // deflate
    [262, 'short', [isRgb ? 2 : 1]], // RGB, or 0 is black
    [273, 'long', [0]],
    [277, 'short', [bands]],
    [278, 'long', [height]],
    [279, 'long', [stripBytes]],
    [284, 'short', [1]], // the bands of a pixel are next to each other
    ...(bands > 1 && !isRgb ? [[338, 'short', perBand(0).slice(1)] satisfies Field] : []), // further bands mean nothing in particular
    [339, 'short', perBand(1)], // unsigned integers
    [33_550, 'double', [place.pixelDegrees, place.pixelDegrees, 0]],
    [33_922, 'double', [0, 0, 0, place.west, place.north, 0]],
    [34_735, 'short', WGS84_KEYS],
    ...(place.nodata === undefined ? [] : [[42_113, 'ascii', [...Buffer.from(`${place.nodata}\0`)]] satisfies Field]),
  ];
  const stripOffset = HEADER_BYTES + directoryBytes(fields);
  return fields.map((field) => (field[0] === 273 ? [273, 'long', [stripOffset]] : field));
}

function valueBytes([, type, values]: Field): number {
  return TYPES[type].bytes * values.length;
}

/** Values that do not fit into the directory follow it, on even offsets. */
function outsideBytes(field: Field): number {
  const bytes = valueBytes(field);
  return bytes <= INLINE_BYTES ? 0 : bytes + (bytes % 2);
}

function directoryBytes(fields: readonly Field[]): number {
  return 2 + fields.length * FIELD_BYTES + 4 + fields.reduce((sum, field) => sum + outsideBytes(field), 0);
}

function writeDirectory(file: Buffer, fields: readonly Field[]): void {
  let at = HEADER_BYTES;
  let outside = HEADER_BYTES + 2 + fields.length * FIELD_BYTES + 4;
  file.writeUInt16LE(fields.length, at);
  at += 2;
  for (const field of fields) {
    const [tag, type, values] = field;
    file.writeUInt16LE(tag, at);
    file.writeUInt16LE(TYPES[type].code, at + 2);
    file.writeUInt32LE(values.length, at + 4);
    const isInline = outsideBytes(field) === 0;
    if (!isInline) file.writeUInt32LE(outside, at + 8);
    writeValues(file, field, isInline ? at + 8 : outside);
    outside += outsideBytes(field);
    at += FIELD_BYTES;
  }
}

function writeValues(file: Buffer, [, type, values]: Field, start: number): void {
  const write = {
    ascii: (value: number, at: number) => file.writeUInt8(value, at),
    short: (value: number, at: number) => file.writeUInt16LE(value, at),
    long: (value: number, at: number) => file.writeUInt32LE(value, at),
    double: (value: number, at: number) => file.writeDoubleLE(value, at),
  }[type];
  for (const [index, value] of values.entries()) write(value, start + index * TYPES[type].bytes);
}

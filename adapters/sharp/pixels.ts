import type { Sharp, SharpOptions } from 'sharp';
import { MAX_PIXELS } from '../../domain/gate.ts';
import type { Raster } from '../../domain/raster.ts';
import { sharp } from './codecs.ts';

/** Below the limit of the whole picture (renderer.ts), so that libvips gives up by itself: a thread in native code cannot be stopped. */
const DECODE_SECONDS = 45;
/** sharp's default of 5 refuses what satellites send. */
const MAX_BANDS = 64;

/**
 * `warning` is the only level at which a TIFF of unsupported compression is an error and not a black picture.
 * `error` is for a second look at TIFFs with a harmless oddity.
 */
export type Strictness = Extract<SharpOptions['failOn'], 'warning' | 'error'>;

/** @returns a reader of bytes (never of a path) within the limits. */
export function open(bytes: Uint8Array, failOn: Strictness = 'warning'): Sharp {
  return sharp(bytes, { failOn, limitInputPixels: MAX_PIXELS, limitInputChannels: MAX_BANDS }).timeout({
    seconds: DECODE_SECONDS,
  });
}

/** sharp's Buffer as a plain array, aligned for 16 bits: a Buffer's slices and copies are not what typed arrays promise. */
function plainBytes(buffer: Buffer): Uint8Array {
  return buffer.byteOffset % 2 === 0
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : Uint8Array.from(buffer);
}

async function colours(pipeline: Sharp): Promise<Raster<Uint8Array>> {
  const { data, info } = await pipeline.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, count: info.channels, samples: plainBytes(data) };
}

/** @returns pixels as 8-bit sRGB or grey, alpha as the last of two or four bands, not turned upright. */
export function readColours(bytes: Uint8Array, failOn: Strictness): Promise<Raster<Uint8Array>> {
  return colours(open(bytes, failOn));
}

/** @returns the same, turned upright by EXIF. */
export function readUpright(bytes: Uint8Array): Promise<Raster<Uint8Array>> {
  return colours(open(bytes).autoOrient());
}

/**
 * @returns the bands as they stand in the file, not turned upright. sharp calls three bands of 16 bits grey with alpha, and
 *   keeps them only where the output has the same name.
 */
export async function readTrueBands(
  bytes: Uint8Array,
  failOn: Strictness = 'warning',
): Promise<Raster<Uint8Array | Uint16Array>> {
  const { space, depth } = await open(bytes, failOn).metadata();
  const deep = depth === 'ushort';
  const pipeline = open(bytes, failOn)
    .toColourspace(space)
    .raw({ depth: deep ? 'ushort' : 'uchar' });
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height, count: info.channels };
  const samples = plainBytes(data);
  return { ...size, samples: deep ? new Uint16Array(samples.buffer, samples.byteOffset, samples.byteLength / 2) : samples };
}

import { fromArrayBuffer } from 'geotiff';
import type { GeoTIFFImage } from 'geotiff';
import { MAX_DECODED_BYTES } from '../../domain/gate.ts';
import type { Raster, Samples, ValidMask } from '../../domain/raster.ts';
import { refuseZstdBomb } from './inflate.ts';
import type { TiffHeader } from './tiff-header.ts';
import { Unrenderable } from './unrenderable.ts';

const ZSTD = 50_000;

async function directory(bytes: Uint8Array, index: number): Promise<GeoTIFFImage> {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
  const file = await fromArrayBuffer(whole.buffer as ArrayBuffer);
  return file.getImage(index);
}

/** geotiff.js unpacks whatever a block holds: what it would take is looked at first. */
function refuseBombs(bytes: Uint8Array, tiff: TiffHeader): void {
  if (tiff.blockBytes > MAX_DECODED_BYTES) {
    throw new Unrenderable(
      'too_large',
      `A block of the TIFF takes ${tiff.blockBytes} bytes decoded; write the tile with smaller blocks.`,
    );
  }
  if (tiff.compression !== ZSTD) return;
  for (const block of tiff.blocks) refuseZstdBomb(bytes.subarray(block.offset, block.offset + block.bytes));
}

function rasterOf(image: GeoTIFFImage, samples: Samples): Raster {
  const [width, height] = [image.getWidth(), image.getHeight()];
  return { width, height, count: samples.length / (width * height), samples };
}

/** @returns the wanted bands (0-based), in that order, as they stand in the file. Reads all that libvips does not: float, planar tiles, ZSTD, LERC. */
export async function readTiffBands(bytes: Uint8Array, tiff: TiffHeader, wanted: readonly number[]): Promise<Raster> {
  refuseBombs(bytes, tiff);
  const image = await directory(bytes, 0);
  return rasterOf(image, await image.readRasters({ interleave: true, samples: [...wanted] }));
}

/** @returns palette, CMYK, YCbCr and Lab as RGB. */
export async function readTiffColours(bytes: Uint8Array, tiff: TiffHeader): Promise<Raster<Uint8Array>> {
  refuseBombs(bytes, tiff);
  const image = await directory(bytes, 0);
  const colours = await image.readRGB({ interleave: true });
  return rasterOf(image, Uint8Array.from(colours as Uint8Array)) as Raster<Uint8Array>;
}

/** @returns the internal mask: a directory of its own, 0 where there is nothing. */
export async function readTiffMask(bytes: Uint8Array, index: number): Promise<ValidMask> {
  const image = await directory(bytes, index);
  const values = (await image.readRasters({ interleave: true, samples: [0] })) as Samples;
  return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
}

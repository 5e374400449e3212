import type { Sharp } from 'sharp';
import type { Raster } from '../../domain/raster.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import { sharp } from './codecs.ts';
import type { PictureFormat } from './identify.ts';

/** A picture in the bytes that a service gets. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

export const MIME_TYPES: Readonly<Record<Exclude<PictureFormat, 'tiff'>, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

const THUMBNAIL_SIDE = 32;

/** Settings that make a picture in about its decoding time; mozjpeg and WebP's higher efforts take five times longer. */
const ENCODERS: Readonly<Record<ImageSpec['format'], (picture: Sharp, quality: number) => Sharp>> = {
  jpeg: (picture, quality) => picture.jpeg({ quality, chromaSubsampling: '4:2:0', mozjpeg: false }),
  png: (picture) => picture.png({ compressionLevel: 6, palette: false }),
  webp: (picture, quality) => picture.webp({ quality, effort: 2 }),
};

/** @returns the picture in the spec's format, no side longer than maxSide, without metadata. Never enlarged. */
export async function encode(raster: Raster<Uint8Array>, image: ImageSpec): Promise<Encoded> {
  const { width, height, count, samples } = raster;
  const pixels = sharp(samples, { raw: { width, height, channels: count as 3 } });
  const fitted = pixels.resize({ width: image.maxSide, height: image.maxSide, fit: 'inside', withoutEnlargement: true });
  const { data, info } = await ENCODERS[image.format](fitted, image.quality).toBuffer({ resolveWithObject: true });
  return { bytes: data, mime: MIME_TYPES[image.format], width: info.width, height: info.height };
}

/** @returns the 8-bit RGB pixels of a thumbnail of encoded bytes: what the service is going to see, roughly. */
export function thumbnail(encoded: Uint8Array): Promise<Uint8Array> {
  return sharp(encoded).resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE, { fit: 'fill' }).toColourspace('srgb').raw().toBuffer();
}

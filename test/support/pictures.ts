import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { ImageSpec } from '../../domain/spec.ts';
import type { TiffPage } from './tiff-writer.ts';

/** What a spec says about images when it says nothing. */
export const DEFAULT_IMAGE: ImageSpec = { maxSide: 1_024, format: 'jpeg', quality: 85, minValidFraction: 0.05 };

/** Fields and roads, as far as a decoder cares: smooth, with edges, different in each band, never 0. */
export function landscape(x: number, y: number, band: number): number {
  const fields = ((x >> 4) + (y >> 4) * (band + 2)) % 5;
  return 30 + fields * 30 + ((x + y * 2 + band * 40) % 64);
}

/** A page of that landscape, in RGB unless told. */
export function landscapePage(page: Partial<TiffPage> = {}): TiffPage {
  return { width: 64, height: 48, bands: 3, type: 'uint8', photometric: 2, pixel: landscape, ...page };
}

function samples(width: number, height: number, bands: number): Uint8Array {
  const all = new Uint8Array(width * height * bands);
  for (let at = 0; at < all.length; at += 1) {
    const pixel = Math.floor(at / bands);
    all[at] = landscape(pixel % width, Math.floor(pixel / width), at % bands);
  }
  return all;
}

/** @returns sharp, holding a landscape of so many bands. */
export function photo(width = 64, height = 48, bands: 1 | 3 = 3): Sharp {
  return sharp(samples(width, height, bands), { raw: { width, height, channels: bands } });
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** @returns the levels of one pixel. */
  at(x: number, y: number): number[];
}

/** @returns what somebody who opens the picture sees. */
export async function seen(picture: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    width,
    height,
    channels,
    at: (x, y) => [...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)],
  };
}

/** @returns the largest difference between two pixels' levels. */
export function difference(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((level, band) => Math.abs(level - (other[band] ?? 0))));
}

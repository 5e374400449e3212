import type { Raster, Samples, ValidMask } from './raster.ts';

/** @returns whether every value is 0 or the type's largest: a mask, not a soft alpha and not near-infrared. */
export function isMaskBand(alpha: Samples): boolean {
  const full = alpha instanceof Uint8Array ? 255 : alpha instanceof Uint16Array ? 65_535 : 1;
  for (const value of alpha) if (value !== 0 && value !== full && value !== 255) return false;
  return true;
}

/**
 * Which pixels hold something: not where all bands hold `nodata`, nor where a band of a float tile is not a number.
 * @returns null where everything is valid by definition, so that nothing has to be looked at twice.
 */
export function maskOfNodata({ samples, count, width, height }: Raster, nodata: number | null): ValidMask | null {
  const float = samples instanceof Float32Array || samples instanceof Float64Array;
  if (nodata === null && !float) return null;
  const absent = nodata === null || Number.isNaN(nodata) ? null : samples instanceof Float32Array ? Math.fround(nodata) : nodata;
  const mask = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < mask.length; pixel += 1) {
    let finite = true;
    let present = absent === null;
    for (let band = 0; band < count; band += 1, at += 1) {
      const value = samples[at] as number;
      if (float && !Number.isFinite(value)) finite = false;
      if (value !== absent) present = true;
    }
    mask[pixel] = finite && present ? 1 : 0;
  }
  return mask;
}

/** @returns the mask of an alpha or mask band: valid where it is not 0. */
export function maskOfAlpha(alpha: Samples): ValidMask {
  const mask = new Uint8Array(alpha.length);
  for (let pixel = 0; pixel < mask.length; pixel += 1) mask[pixel] = alpha[pixel] === 0 ? 0 : 1;
  return mask;
}

/** @returns pixels valid in both. */
export function bothValid(one: ValidMask | null, other: ValidMask | null): ValidMask | null {
  if (one === null || other === null) return one ?? other;
  return one.map((value, pixel) => value & (other[pixel] ?? 0));
}

/** @returns the share of valid pixels, to four digits; 1 where there is no mask. */
export function validFraction(mask: ValidMask | null): number {
  if (mask === null) return 1;
  let valid = 0;
  for (const value of mask) valid += value;
  return Math.round((valid / mask.length) * 10_000) / 10_000;
}

/** @returns whether no sample is other than 0. */
export function isZeroEverywhere(samples: Samples): boolean {
  for (const value of samples) if (value !== 0) return false;
  return true;
}

/** Makes pixels without content black, in place. */
export function blackOut({ samples, count }: Raster<Uint8Array>, mask: ValidMask | null): void {
  if (mask === null) return;
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    if (mask[pixel] === 0) samples.fill(0, pixel * count, (pixel + 1) * count);
  }
}

/** Lays a picture with soft alpha on black, in place. */
export function flattenOnBlack({ samples, count }: Raster<Uint8Array>, alpha: Uint8Array): void {
  for (let pixel = 0; pixel < alpha.length; pixel += 1) {
    const opacity = alpha[pixel] ?? 255;
    if (opacity === 255) continue;
    for (let at = pixel * count; at < (pixel + 1) * count; at += 1) {
      samples[at] = Math.round(((samples[at] ?? 0) * opacity) / 255);
    }
  }
}

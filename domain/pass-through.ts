import type { ImageSpec } from './spec.ts';
import { KIB } from './units.ts';

/**
 * Largest file that is sent as it came. A photographic PNG of 512 pixels (about 600 kB) is above it and goes out as a JPEG of a
 * tenth; ordinary JPEGs are below it and are not compressed a second time.
 */
export const PASS_THROUGH_MAX_BYTES = 512 * KIB;

/** What decides whether the stored bytes can be sent. */
export interface Original {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly dtype: string;
  readonly bands: number;
  readonly rgb: boolean;
  /** Nothing but the picture is in the file: what an EXIF block says (a place, a name) is never given to a service. */
  readonly bare: boolean;
}

/** @returns whether bands that were asked for are the ones that a viewer shows anyway. */
function asStored(bands: readonly number[] | undefined): boolean {
  return bands === undefined || bands.join(',') === '1,2,3';
}

/** @returns whether a tile goes out unchanged. Bare files have no orientation. */
export function passesThrough(original: Original, image: ImageSpec): boolean {
  const { width, height, bytes, dtype, bands, rgb, bare } = original;
  const asIs = bare && dtype === 'uint8' && bands === 3 && rgb;
  const fits = Math.max(width, height) <= image.maxSide && bytes <= PASS_THROUGH_MAX_BYTES;
  return asIs && fits && asStored(image.bands) && image.nodata === undefined;
}

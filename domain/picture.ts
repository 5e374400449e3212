import { asRgb, oriented } from './raster.ts';
import type { Raster, Samples, ValidMask } from './raster.ts';
import type { ImageSpec } from './spec.ts';
import { chooseStretch, stretchText, stretched } from './stretch.ts';
import { blackOut, bothValid, flattenOnBlack, isZeroEverywhere, maskOfAlpha, maskOfNodata, validFraction } from './valid.ts';

/** A tile's chosen bands as they were read, with everything that says where there is nothing to see. */
export interface Reading {
  readonly raster: Raster;
  /** Opacity; 0 is nodata, and what lies between is laid on black. */
  readonly alpha: Samples | null;
  /** A mask kept apart from the bands. */
  readonly mask: ValidMask | null;
  /** As the file says; the spec's own goes before it. */
  readonly nodata: number | null;
  /** 1-8; 1 where the pixels are upright. */
  readonly orientation: number;
  /** Large values are dark (TIFF photometric 0). */
  readonly inverted: boolean;
  readonly bandsUsed: readonly number[];
  readonly warnings: readonly string[];
}

export interface Picture {
  /** Upright 8-bit RGB on black. */
  readonly raster: Raster<Uint8Array>;
  readonly stretch: string;
  readonly validFraction: number;
  readonly warnings: readonly string[];
}

/** A tile with nothing in it, and the share that would have been valid. */
export interface Emptiness {
  readonly empty: string;
  readonly validFraction: number;
}

/** image.scale was given, but 8-bit tiles are sent as they are. */
export const SCALE_NOT_USED = 'scale_not_used_for_8_bit';

function maskOf({ raster, alpha, mask, nodata }: Reading, image: ImageSpec): ValidMask | null {
  const opaque = alpha === null ? null : maskOfAlpha(alpha);
  return bothValid(bothValid(opaque, mask), maskOfNodata(raster, image.nodata ?? nodata));
}

function emptiness(raster: Raster, fraction: number, least: number): string | null {
  if (fraction === 0) return 'No pixel of the tile is valid.';
  if (fraction < least) return `${fraction} of the tile is valid, less than image.minValidFraction ${least}.`;
  return isZeroEverywhere(raster.samples) ? 'The bands used are 0 everywhere.' : null;
}

/** 8 bits of opacity. */
function softness(alpha: Samples): Uint8Array | null {
  if (alpha instanceof Uint8Array) return alpha;
  return alpha instanceof Uint16Array ? Uint8Array.from(alpha, (value) => value >> 8) : null;
}

/** A copy where samples are going to be changed: the reading may still be needed. */
function own(raster: Raster<Uint8Array>): Raster<Uint8Array> {
  return { ...raster, samples: Uint8Array.from(raster.samples) };
}

function laidOnBlack(raster: Raster<Uint8Array>, mask: ValidMask | null, alpha: Samples | null): Raster<Uint8Array> {
  if (mask === null) return raster;
  const picture = own(raster);
  const opacity = alpha === null ? null : softness(alpha);
  if (opacity !== null) flattenOnBlack(picture, opacity);
  blackOut(picture, mask);
  return picture;
}

/** @returns the picture of a tile, or why there is nothing to show. */
export function developed(reading: Reading, image: ImageSpec): Picture | Emptiness {
  const { raster } = reading;
  const mask = maskOf(reading, image);
  const fraction = validFraction(mask);
  const empty = emptiness(raster, fraction, image.minValidFraction);
  if (empty !== null) return { empty, validFraction: fraction };
  const stretch = chooseStretch({ raster, mask, nodata: image.nodata ?? reading.nodata }, image.scale);
  const levels = stretched(raster, stretch);
  const positive = reading.inverted ? { ...levels, samples: levels.samples.map((level) => 255 - level) } : levels;
  const black = laidOnBlack(positive, mask, reading.alpha);
  return {
    raster: asRgb(oriented(black, reading.orientation)),
    stretch: stretchText(stretch),
    validFraction: fraction,
    warnings: stretch.kind === 'none' && image.scale !== undefined ? [SCALE_NOT_USED] : [],
  };
}

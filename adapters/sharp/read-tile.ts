import { ALPHA_NOT_A_MASK, BANDS_ASSUMED, chooseBands } from '../../domain/bands.ts';
import type { BandChoice, BandLayout } from '../../domain/bands.ts';
import type { Reading } from '../../domain/picture.ts';
import { pickBands } from '../../domain/raster.ts';
import type { Raster } from '../../domain/raster.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import { isMaskBand } from '../../domain/valid.ts';
import { readTiffMask } from './geotiff-reader.ts';
import type { Header } from './header.ts';
import { readTrueBands, readUpright } from './pixels.ts';
import { readTiffAsColours, readTiffTrueBands } from './read-tiff.ts';
import { PHOTOMETRIC } from './tiff-header.ts';
import type { TiffHeader } from './tiff-header.ts';
import { Unrenderable, decoderWords, isOutOfTime } from './unrenderable.ts';

type Wish = ImageSpec['bands'];
const UPRIGHT = { mask: null, nodata: null, orientation: 1, inverted: false, warnings: [] } as const;

function bandsOr(choice: BandChoice): Extract<BandChoice, { ok: true }> {
  if (!choice.ok) throw new Unrenderable('unsupported_format', choice.message);
  return choice;
}

/** Stored bands that a colour conversion draws on: all but alpha. */
function storedColours({ count, alpha }: BandLayout): number[] {
  return Array.from({ length: count }, (_, index) => index + 1).filter((band) => band !== alpha);
}

/** Grey or RGB with the alpha that the format itself defines, as the last of two or four bands. */
function colourReading(raster: Raster, header: Header, wish: Wish): Reading {
  const alphaIndex = raster.count % 2 === 0 ? raster.count - 1 : null;
  const colours = alphaIndex ?? raster.count;
  const { bands } = bandsOr(chooseBands({ count: colours, rgb: true, alpha: null }, wish));
  return {
    ...UPRIGHT,
    raster: pickBands(
      raster,
      bands.map((band) => band - 1),
    ),
    alpha: alphaIndex === null ? null : pickBands(raster, [alphaIndex]).samples,
    bandsUsed: wish ?? storedColours(header.layout),
  };
}

async function readPhoto(bytes: Uint8Array, header: Header, wish: Wish): Promise<Reading> {
  try {
    const raster = header.dtype === 'uint16' ? await readTrueBands(bytes) : await readUpright(bytes);
    return colourReading(raster, header, wish);
  } catch (error) {
    if (error instanceof Unrenderable || isOutOfTime(error)) throw error;
    throw new Unrenderable('decode_failed', `The picture cannot be read (${decoderWords(error)}); upload the tile again.`, error);
  }
}

/** What all ways of reading a TIFF have in common. */
async function tiffBase(bytes: Uint8Array, tiff: TiffHeader): Promise<Pick<Reading, 'mask' | 'nodata' | 'orientation'>> {
  try {
    const mask = tiff.mask === null ? null : await readTiffMask(bytes, tiff.mask);
    return { mask, nodata: tiff.nodata, orientation: tiff.orientation };
  } catch (error) {
    throw new Unrenderable(
      'decode_failed',
      `The TIFF's mask cannot be read (${decoderWords(error)}); write the tile again.`,
      error,
    );
  }
}

async function readTiffColours(bytes: Uint8Array, header: Header & { tiff: TiffHeader }, wish: Wish): Promise<Reading> {
  const { raster, warnings } = await readTiffAsColours(bytes, header.tiff);
  const base = await tiffBase(bytes, header.tiff);
  // Nodata of a palette or of YCbCr is a stored value, which is gone once there are colours.
  return { ...colourReading(raster, header, wish), ...base, nodata: null, warnings };
}

async function readTiffBands(bytes: Uint8Array, header: Header & { tiff: TiffHeader }, wish: Wish): Promise<Reading> {
  const { bands, alpha, assumed } = bandsOr(chooseBands(header.layout, wish));
  const read = await readTiffTrueBands(bytes, header, alpha === null ? bands : [...bands, alpha]);
  const base = await tiffBase(bytes, header.tiff);
  const claimed = alpha === null ? null : pickBands(read.raster, [bands.length]).samples;
  const masking = claimed !== null && isMaskBand(claimed);
  const notAMask = claimed !== null && !masking;
  return {
    ...base,
    raster: pickBands(
      read.raster,
      bands.map((_, index) => index),
    ),
    alpha: masking ? claimed : null,
    inverted: header.tiff.photometric === PHOTOMETRIC.whiteIsZero,
    bandsUsed: bands,
    warnings: [
      ...read.warnings,
      ...(assumed || (notAMask && wish === undefined && bands.length === 3) ? [BANDS_ASSUMED] : []),
      ...(notAMask ? [ALPHA_NOT_A_MASK] : []),
    ],
  };
}

/**
 * Decodes a tile's bands: whole, in their own type.
 * @throws {Unrenderable} `decode_failed`, `too_large`, or `unsupported_format` where image.bands does not fit the tile.
 */
export function readTile(bytes: Uint8Array, header: Header, image: ImageSpec): Promise<Reading> {
  const { tiff } = header;
  if (tiff === null) return readPhoto(bytes, header, image.bands);
  return header.plain
    ? readTiffBands(bytes, { ...header, tiff }, image.bands)
    : readTiffColours(bytes, { ...header, tiff }, image.bands);
}

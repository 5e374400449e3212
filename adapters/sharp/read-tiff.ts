import { pickBands } from '../../domain/raster.ts';
import type { Raster } from '../../domain/raster.ts';
import { readTiffBands, readTiffColours } from './geotiff-reader.ts';
import type { Header } from './header.ts';
import { readColours, readTrueBands } from './pixels.ts';
import type { Strictness } from './pixels.ts';
import { PHOTOMETRIC } from './tiff-header.ts';
import type { TiffHeader } from './tiff-header.ts';
import { Unrenderable, decoderWords, isOutOfTime } from './unrenderable.ts';

/** The file has an oddity that libvips warns of, and was read all the same. */
export const TIFF_ODDITY = 'tiff_read_despite_warning';

/** None, CCITT, LZW, JPEG, deflate, PackBits: what libvips unpacks. The rest may come out black. */
const LIBVIPS_COMPRESSIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 7, 8, 32_773, 32_946]);

export interface TiffPixels<R extends Raster = Raster> {
  readonly raster: R;
  readonly warnings: readonly string[];
}

/** Reads with libvips; a mere warning gets a second, less strict look. */
async function byLibvips<R extends Raster>(read: (failOn: Strictness) => Promise<R>): Promise<TiffPixels<R>> {
  try {
    return { raster: await read('warning'), warnings: [] };
  } catch (error) {
    if (!decoderWords(error).includes('Warning treated as error')) throw error;
    return { raster: await read('error'), warnings: [TIFF_ODDITY] };
  }
}

/** Tries readers in turn. @throws {Unrenderable} `decode_failed` with what the last one said. */
async function firstThatReads<R extends Raster>(readers: readonly (() => Promise<TiffPixels<R>>)[]): Promise<TiffPixels<R>> {
  let last: unknown = null;
  for (const reader of readers) {
    try {
      return await reader();
    } catch (error) {
      if (error instanceof Unrenderable || isOutOfTime(error)) throw error;
      last = error;
    }
  }
  throw new Unrenderable('decode_failed', `The TIFF cannot be read (${decoderWords(last)}); write the tile again.`, last);
}

/** libvips is faster, but trusted only with what it is known to read right. */
function libvipsReads({ sampleFormat, bits, compression, sparse, photometric }: TiffHeader): boolean {
  const unsigned = sampleFormat === 1 || sampleFormat === 4;
  const upright = photometric === PHOTOMETRIC.blackIsZero || photometric === PHOTOMETRIC.rgb;
  return unsigned && upright && (bits === 8 || bits === 16) && LIBVIPS_COMPRESSIONS.has(compression) && !sparse;
}

/** @returns the wanted bands (1-based) in their own type, not turned upright. */
export function readTiffTrueBands(bytes: Uint8Array, header: Header, wanted: readonly number[]): Promise<TiffPixels> {
  const tiff = header.tiff as TiffHeader;
  const indexes = wanted.map((band) => band - 1);
  const libvips = async (): Promise<TiffPixels> => {
    const { raster, warnings } = await byLibvips((failOn) => readTrueBands(bytes, failOn));
    if (raster.count !== header.layout.count) throw new Error(`${raster.count} of ${header.layout.count} bands were read`);
    return { raster: pickBands(raster, indexes), warnings };
  };
  const geotiff = async (): Promise<TiffPixels> => ({ raster: await readTiffBands(bytes, tiff, indexes), warnings: [] });
  return firstThatReads(libvipsReads(tiff) ? [libvips, geotiff] : [geotiff]);
}

/** @returns palette, CMYK, YCbCr, Lab and fewer than 8 bits as grey or RGB, not turned upright. */
export function readTiffAsColours(bytes: Uint8Array, tiff: TiffHeader): Promise<TiffPixels<Raster<Uint8Array>>> {
  const libvips = (): Promise<TiffPixels<Raster<Uint8Array>>> => byLibvips((failOn) => readColours(bytes, failOn));
  const geotiff = async (): Promise<TiffPixels<Raster<Uint8Array>>> => ({
    raster: await readTiffColours(bytes, tiff),
    warnings: [],
  });
  return firstThatReads(LIBVIPS_COMPRESSIONS.has(tiff.compression) && !tiff.sparse ? [libvips, geotiff] : [geotiff]);
}

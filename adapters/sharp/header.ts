import type { BandLayout } from '../../domain/bands.ts';
import type { PictureFormat } from './identify.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { readPngHeader } from './png-header.ts';
import { readTiffHeader } from './tiff-header.ts';
import type { TiffHeader } from './tiff-header.ts';
import { readWebpHeader } from './webp-header.ts';

/** What a file says about itself, read without decoding a pixel. */
export interface Header {
  readonly width: number;
  readonly height: number;
  /** As stored: a palette is one band, CMYK four. */
  readonly layout: BandLayout;
  /** As numpy calls it. */
  readonly dtype: string;
  readonly bytesPerSample: number;
  /** Whether there is nothing in the file but the picture: no EXIF, XMP, ICC profile, comment or trailing bytes. */
  readonly bare: boolean;
  /** Whether the stored bands are colours to look at as they are: grey or RGB, with or without alpha. */
  readonly plain: boolean;
  readonly tiff: TiffHeader | null;
}

/** The same for all readers: header fields from bytes that are known to start with the format's magic. */
export type HeaderReader = (bytes: Uint8Array) => Header;

const READERS: Readonly<Record<PictureFormat, HeaderReader>> = {
  jpeg: readJpegHeader,
  png: readPngHeader,
  webp: readWebpHeader,
  tiff: readTiffHeader,
};

/** @throws {Unrenderable} `decode_failed` where the header itself is damaged or cut off. */
export function readHeader(format: PictureFormat, bytes: Uint8Array): Header {
  return READERS[format](bytes);
}

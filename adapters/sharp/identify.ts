import { Unrenderable } from './unrenderable.ts';

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'tiff';

/** Bytes as text, one character a byte. */
function head(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.byteLength)).toString('latin1');
}

const PICTURES: readonly { format: PictureFormat; magic: RegExp }[] = [
  { format: 'jpeg', magic: /^\xff\xd8\xff/ },
  { format: 'png', magic: /^\x89PNG\r\n\x1a\n/ },
  { format: 'webp', magic: /^RIFF[^]{4}WEBP/ },
  { format: 'tiff', magic: /^(?:II[*+]\0|MM\0[*+])/ },
];

/** What is found in place of pictures, and what to do about it. */
const OTHERS: readonly { magic: RegExp; is: string; next: string }[] = [
  { magic: /^version https:\/\/git-lfs/, is: 'a Git LFS pointer', next: 'upload the file that it points to (git lfs pull)' },
  {
    magic: /^(?:<\?xml[^]*?\?>)?\s*<Error\b[^]*<Code>/i,
    is: 'an S3 error document',
    next: 'a failed download was stored under this key; copy the tile again',
  },
  { magic: /^(?:<\?xml[^]*?\?>|<!--[^]*?-->|<!doctype svg[^>]*>|\s)*<svg\b/i, is: 'SVG', next: 'export it as PNG' },
  {
    magic: /^(?:<!--[^]*?-->|\s)*<(?:!doctype html|html|head|body)\b/i,
    is: 'an HTML page',
    next: 'a web page was stored under this key; copy the tile again',
  },
  { magic: /^<\?xml/, is: 'an XML document', next: 'exclude it with input.exclude' },
  { magic: /^\s*[[{]/, is: 'JSON', next: 'exclude it with input.exclude' },
  { magic: /^GIF8/, is: 'GIF', next: 'convert it to PNG' },
  { magic: /^\0\0\0\x0cjP {2}|^\xff\x4f\xff\x51/, is: 'JPEG 2000', next: 'convert it to GeoTIFF' },
  { magic: /^[^]{4}ftyp/, is: 'HEIF or AVIF', next: 'convert it to JPEG' },
  { magic: /^\x89HDF|^CDF[\x01\x02\x05]/, is: 'HDF5 or netCDF', next: 'convert it to GeoTIFF' },
  { magic: /^(?:NITF|NSIF)/, is: 'NITF', next: 'convert it to GeoTIFF' },
  { magic: /^%PDF/, is: 'PDF', next: 'convert it to PNG' },
  { magic: /^\x1f\x8b|^PK\x03\x04|^\x28\xb5\x2f\xfd/, is: 'an archive', next: 'unpack it' },
  { magic: /^BM[^]{4}\0\0\0\0/, is: 'BMP', next: 'convert it to PNG' },
];

/**
 * @returns the format that the first bytes show; a name's extension is never looked at.
 * @throws {Unrenderable} `unsupported_format`, with what the bytes are instead; `decode_failed` for no bytes at all.
 */
export function identify(bytes: Uint8Array): PictureFormat {
  if (bytes.byteLength === 0) throw new Unrenderable('decode_failed', 'The object has no bytes; upload the tile again.');
  const start = head(bytes, 1_024);
  const picture = PICTURES.find(({ magic }) => magic.test(start));
  if (picture !== undefined) return picture.format;
  const text = start.replace(/^(?:\xef\xbb\xbf)?\s*/, '');
  const other = OTHERS.find(({ magic }) => magic.test(start) || magic.test(text));
  const message =
    other === undefined
      ? 'The first bytes are not those of JPEG, PNG, WebP or TIFF; convert the tile, or exclude the key with input.exclude.'
      : `The object is ${other.is}, not JPEG, PNG, WebP or TIFF: ${other.next}.`;
  throw new Unrenderable('unsupported_format', message);
}

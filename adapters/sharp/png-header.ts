import type { Header } from './header.ts';
import { Unrenderable } from './unrenderable.ts';

/** What a picture needs; text, time, EXIF, profiles and animation are all other chunks. */
const NEEDED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'sRGB', 'gAMA', 'cHRM', 'sBIT', 'bKGD', 'pHYs']);

interface ColourType {
  readonly bands: number;
  readonly alpha: boolean;
  readonly plain: boolean;
}

/** PNG specification, table 11.1. */
const COLOUR_TYPES: Readonly<Record<number, ColourType>> = {
  0: { bands: 1, alpha: false, plain: true },
  2: { bands: 3, alpha: false, plain: true },
  3: { bands: 1, alpha: false, plain: false },
  4: { bands: 2, alpha: true, plain: true },
  6: { bands: 4, alpha: true, plain: true },
};

interface Chunks {
  readonly names: ReadonlySet<string>;
  /** Where the last chunk ends. */
  readonly end: number;
}

function chunksOf(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names = new Set<string>();
  let at = 8;
  while (at + 12 <= bytes.length && !names.has('IEND')) {
    names.add(String.fromCodePoint(...bytes.subarray(at + 4, at + 8)));
    at += 12 + view.getUint32(at);
  }
  return { names, end: at };
}

/** @throws {Unrenderable} `decode_failed` where the bytes end before the header does, or it makes no sense. */
export function readPngHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = bytes.length < 33 ? undefined : COLOUR_TYPES[view.getUint8(25)];
  if (type === undefined) {
    throw new Unrenderable('decode_failed', `The PNG has no readable header (${bytes.length} bytes); upload the tile again.`);
  }
  const { names, end } = chunksOf(bytes);
  const deep = view.getUint8(24) === 16;
  const transparent = names.has('tRNS');
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    layout: { count: type.bands, rgb: type.bands >= 3, alpha: type.alpha ? type.bands : null },
    dtype: deep ? 'uint16' : 'uint8',
    bytesPerSample: deep ? 2 : 1,
    bare: end === bytes.length && [...names].every((name) => NEEDED.has(name)),
    plain: type.plain && !transparent,
    tiff: null,
  };
}

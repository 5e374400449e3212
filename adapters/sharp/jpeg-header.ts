import type { Header } from './header.ts';
import { Unrenderable } from './unrenderable.ts';

interface Segment {
  readonly marker: number;
  readonly at: number;
  readonly length: number;
}

const START_OF_SCAN = 0xda;
const RESTART_OR_ALONE = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
/** Start of frame, without the three markers that only look like one. */
const START_OF_FRAME = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** JFIF, Adobe's colour transform, tables, frame, scan: what a picture needs. All other segments are metadata. */
const NEEDED = (marker: number): boolean =>
  [0xe0, 0xee, 0xdb, 0xc4, 0xdd, START_OF_SCAN].includes(marker) || START_OF_FRAME(marker);

/** Segments before the first scan. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (RESTART_OR_ALONE(marker)) at += 2;
    else {
      const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
      yield { marker, at: at + 4, length: length - 2 };
      if (marker === START_OF_SCAN) return;
      at += 2 + Math.max(2, length);
    }
  }
}

function endsWithPicture(bytes: Uint8Array): boolean {
  return bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9;
}

/** @throws {Unrenderable} `decode_failed` where the bytes end before the frame's header. */
export function readJpegHeader(bytes: Uint8Array): Header {
  const segments = [...segmentsOf(bytes)];
  const frame = segments.find(({ marker }) => START_OF_FRAME(marker));
  if (frame === undefined || frame.at + 6 > bytes.length) {
    throw new Unrenderable('decode_failed', `The JPEG ends before its header (${bytes.length} bytes); upload the tile again.`);
  }
  const word = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const bands = bytes[frame.at + 5] ?? 0;
  return {
    width: word(frame.at + 3),
    height: word(frame.at + 1),
    layout: { count: bands, rgb: bands === 3, alpha: null },
    dtype: 'uint8',
    bytesPerSample: 1,
    bare: segments.every(({ marker }) => NEEDED(marker)) && endsWithPicture(bytes),
    plain: bands === 1 || bands === 3,
    tiff: null,
  };
}

import { MIB } from './units.ts';

/** 64 Mi pixels, 8192 squared. A bomb of 0.75 MB unpacks to 256 Mpx, which decoders accept by default. */
export const MAX_PIXELS = 64 * 1_024 * 1_024;
/** Bytes of one decoded picture. */
export const MAX_DECODED_BYTES = 256 * MIB;
/** Bytes of all pictures that are being decoded at once. */
export const MAX_DECODED_IN_FLIGHT_BYTES = 512 * MIB;
/** Bytes of a tile as it is stored; checked again here, though a download is cut off earlier. */
export const MAX_SOURCE_BYTES = 256 * MIB;
export const MIN_SIDE = 16;
export const MAX_ASPECT = 200;

/** What a header says before anything is decoded. */
export interface GateFacts {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly bytesPerSample: number;
}

export interface GateRefusal {
  readonly code: 'too_large' | 'too_small' | 'decode_failed';
  readonly message: string;
}

/** @returns what a picture takes once decoded; 8-bit colour is always three bands by then. */
export function decodedBytes({ width, height, bands, bytesPerSample }: GateFacts): number {
  return width * height * Math.max(3, bands) * bytesPerSample;
}

interface GateRow {
  readonly code: GateRefusal['code'];
  readonly refuses: (facts: GateFacts) => boolean;
  readonly message: (facts: GateFacts) => string;
}

const size = ({ width, height }: GateFacts): string => `${width} x ${height} pixels`;

/** In order: the first that refuses gives the reason. */
const GATE: readonly GateRow[] = [
  {
    code: 'decode_failed',
    refuses: ({ width, height, bands }) => !(width > 0 && height > 0 && bands > 0),
    message: (facts) => `The header says ${size(facts)}, ${facts.bands} bands; write the tile again.`,
  },
  {
    code: 'too_large',
    refuses: ({ width, height }) => width * height > MAX_PIXELS,
    message: (facts) => `${size(facts)} are more than the ${MAX_PIXELS} that are decoded; cut the tile into smaller ones.`,
  },
  {
    code: 'too_large',
    refuses: (facts) => decodedBytes(facts) > MAX_DECODED_BYTES,
    message: (facts) =>
      `${size(facts)}, ${facts.bands} bands of ${facts.bytesPerSample} bytes take ${Math.ceil(decodedBytes(facts) / MIB)} MiB decoded, ` +
      `more than ${MAX_DECODED_BYTES / MIB} MiB; cut the tile or drop bands.`,
  },
  {
    code: 'too_small',
    refuses: ({ width, height }) => Math.min(width, height) < MIN_SIDE,
    message: (facts) => `${size(facts)}: a side is below ${MIN_SIDE} pixels; there is nothing to describe.`,
  },
  {
    code: 'too_small',
    refuses: ({ width, height }) => Math.max(width, height) > MAX_ASPECT * Math.min(width, height),
    message: (facts) => `${size(facts)}: the sides are more than ${MAX_ASPECT} to 1; cut the tile.`,
  },
];

/** @returns why a picture is not decoded at all, or null where it may be. */
export function gate(facts: GateFacts): GateRefusal | null {
  const row = GATE.find(({ refuses }) => refuses(facts));
  return row === undefined ? null : { code: row.code, message: row.message(facts) };
}

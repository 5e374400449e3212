import type { Header } from './header.ts';
import { Unrenderable } from './unrenderable.ts';

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly alpha: boolean;
}

/** VP8, VP8L and VP8X start with their size, each in its own way (RFC 9649, sections 2.5 to 2.7). */
const CANVASES: Readonly<Record<string, (view: DataView) => Canvas>> = {
  'VP8 ': (view) => ({ width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, alpha: false }),
  VP8L: (view) => {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, alpha: ((bits >>> 28) & 1) === 1 };
  },
  VP8X: (view) => ({
    width: (view.getUint32(24, true) & 0xff_ffff) + 1,
    height: (view.getUint32(26, true) >>> 8) + 1,
    alpha: (view.getUint8(20) & 0x10) !== 0,
  }),
};

/** @throws {Unrenderable} `decode_failed` where the first chunk is none of the three that begin a picture. */
export function readWebpHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunk = Buffer.from(bytes.subarray(12, 16)).toString('latin1');
  const canvas = bytes.length < 30 ? undefined : CANVASES[chunk]?.(view);
  if (canvas === undefined) {
    throw new Unrenderable('decode_failed', `The WebP has no readable header (${bytes.length} bytes); upload the tile again.`);
  }
  const count = canvas.alpha ? 4 : 3;
  const only = chunk !== 'VP8X' && view.getUint32(16, true) + 20 + (view.getUint32(16, true) & 1) === bytes.length;
  return {
    width: canvas.width,
    height: canvas.height,
    layout: { count, rgb: true, alpha: canvas.alpha ? 4 : null },
    dtype: 'uint8',
    bytesPerSample: 1,
    bare: only,
    plain: true,
    tiff: null,
  };
}

import { inflateSync } from 'node:zlib';
import { BaseDecoder, addDecoder } from 'geotiff';
import { MAX_DECODED_BYTES } from '../../domain/gate.ts';
import { Unrenderable } from './unrenderable.ts';

const DEFLATE = [8, 32_946];
/** Most that one compressed block of a Zstandard frame unpacks to (RFC 8878, section 3.1.1.2.3). */
const ZSTD_BLOCK_BYTES = 128 * 1_024;

/** Slack for writers that pad their blocks. */
const PADDING_BYTES = 64 * 1_024;

/** geotiff.js's own inflates without a limit. */
class BoundedInflate extends BaseDecoder {
  /** Bytes of a whole block, all bands; strips may claim more rows than there are. */
  get #most(): number {
    const { tileWidth, tileHeight, bitsPerSample } = this.parameters;
    const bits = [bitsPerSample].flatMap((each) => (typeof each === 'number' ? [each] : [...each]));
    const pixelBytes = bits.reduce((sum, each) => sum + Math.ceil(each / 8), 0);
    return Math.min(tileWidth * tileHeight * pixelBytes + PADDING_BYTES, MAX_DECODED_BYTES);
  }

  override decodeBlock(buffer: ArrayBufferLike): ArrayBufferLike {
    const whole = inflateSync(new Uint8Array(buffer), { maxOutputLength: this.#most });
    return whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.byteLength);
  }
}

addDecoder(DEFLATE, () => Promise.resolve(BoundedInflate));

/** Bytes of the optional fields of a frame's header, by the two low and the two high bits of its descriptor. */
function frameHeaderBytes(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return 5 + (single ? 0 : 1) + dictionary + contentSize;
}

function isFrame(bytes: Uint8Array, at: number): boolean {
  return at + 5 <= bytes.length && [0x28, 0xb5, 0x2f, 0xfd].every((byte, index) => bytes[at + index] === byte);
}

/** Most that the frame at `start` unpacks to, and where it ends. */
function frameBound(bytes: Uint8Array, start: number): { bound: number; end: number } {
  const descriptor = bytes[start + 4] ?? 0;
  let at = start + frameHeaderBytes(descriptor);
  let bound = 0;
  for (let last = false; !last && at + 3 <= bytes.length;) {
    const header = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    const [kind, size] = [(header >> 1) & 3, header >> 3];
    last = (header & 1) === 1;
    bound += kind === 2 ? ZSTD_BLOCK_BYTES : size;
    at += 3 + (kind === 1 ? 1 : size);
  }
  return { bound, end: at + ((descriptor & 4) === 0 ? 0 : 4) };
}

/** @returns the most that Zstandard frames can unpack to, added up from their block headers. */
export function zstdBound(bytes: Uint8Array): number {
  let [total, at] = [0, 0];
  while (isFrame(bytes, at)) {
    const { bound, end } = frameBound(bytes, at);
    total += bound;
    at = end;
  }
  return total;
}

/** @throws {Unrenderable} `too_large` where one block would unpack to more than any picture may take. */
export function refuseZstdBomb(block: Uint8Array): void {
  if (zstdBound(block) <= MAX_DECODED_BYTES) return;
  throw new Unrenderable('too_large', 'A block of the TIFF unpacks to more than a whole picture may take; write the tile again.');
}

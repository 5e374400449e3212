import { MIB } from '../domain/units.ts';

const LINE_FEED = 0x0a;
const DEFAULT_MAX_BYTES = 64 * MIB;

/** A line beyond what the reader is ready to hold. */
export class LineTooLong extends Error {
  /** 1-based. */
  readonly line: number;
  constructor(line: number, maxBytes: number) {
    super(`line ${line} is longer than ${maxBytes} bytes`);
    this.name = 'LineTooLong';
    this.line = line;
  }
}

/** The beginning of a line whose end has not arrived. */
class Rest {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  add(piece: Uint8Array): number {
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    return this.#bytes;
  }

  /** @returns what was added since the last time, as one. */
  take(): Uint8Array {
    const [only] = this.#pieces;
    const whole = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    return whole;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }
}

/**
 * Cuts bytes at LF and at nothing else, however they arrive. A last line needs no LF.
 *
 * @returns each line without its LF.
 * @throws LineTooLong before more than `maxBytes` of one line are held.
 */
export async function* byteLines(chunks: AsyncIterable<Uint8Array>, maxBytes = DEFAULT_MAX_BYTES): AsyncGenerator<Uint8Array> {
  const rest = new Rest();
  let line = 1;
  for await (const chunk of chunks) {
    let start = 0;
    while (start < chunk.byteLength) {
      const end = chunk.indexOf(LINE_FEED, start);
      const held = rest.add(chunk.subarray(start, end === -1 ? chunk.byteLength : end));
      if (held > maxBytes) throw new LineTooLong(line, maxBytes);
      if (end === -1) break;
      yield rest.take();
      line += 1;
      start = end + 1;
    }
  }
  if (!rest.isEmpty) yield rest.take();
}

/** The lines of UTF-8 text; bytes that are none throw. For objects that tilescribe itself wrote. */
export async function* textLines(chunks: AsyncIterable<Uint8Array>, maxBytes?: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const line of byteLines(chunks, maxBytes)) yield decoder.decode(line);
}

/** One JSON value a line. For objects and files that tilescribe itself wrote. */
export async function* jsonLines<Value>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Value> {
  for await (const line of textLines(chunks)) yield JSON.parse(line) as Value;
}

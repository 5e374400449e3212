import { createHash } from 'node:crypto';

/** Bytes and checksum of what flowed by. */
export class Meter {
  readonly #hash = createHash('sha256');
  bytes = 0;

  /** @returns the same chunks. */
  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk);
      this.bytes += chunk.byteLength;
      yield chunk;
    }
  }

  /** @returns hex; once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

import { KIB } from '../../domain/units.ts';

const BATCH_CHARS = 256 * KIB;

/** Some lines at once, each with its LF. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly lines: number;
}

function batchOf(texts: readonly string[]): Batch {
  return { bytes: Buffer.from(`${texts.join('\n')}\n`), lines: texts.length };
}

/** @returns the lines in pieces of about 256 KiB: few enough to hash and write, small enough to hold. */
export async function* batches(lines: AsyncIterable<{ readonly text: string }>): AsyncGenerator<Batch> {
  let texts: string[] = [];
  let chars = 0;
  for await (const { text } of lines) {
    texts.push(text);
    chars += text.length;
    if (chars < BATCH_CHARS) continue;
    yield batchOf(texts);
    texts = [];
    chars = 0;
  }
  if (texts.length > 0) yield batchOf(texts);
}

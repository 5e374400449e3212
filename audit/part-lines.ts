import { LineTooLong, byteLines } from '../activities/lines.ts';
import { Meter } from '../activities/meter.ts';
import { inRun, type RunPlace } from '../domain/layout.ts';
import type { Part } from '../domain/run.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Differences } from './differences.ts';

/** A line as it stands in S3. */
export interface TextLine {
  /** 1-based. */
  readonly line: number;
  /** Null where the bytes are not UTF-8. */
  readonly text: string | null;
}

/** Where parts are read from, and where it is said what is wrong with them. */
export interface Reading {
  readonly store: ObjectStore;
  readonly run: RunPlace;
  readonly differences: Differences;
}

const LINE_FEED = 0x0a;

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The lines of one object, read once, one in memory at a time; what it measured can be asked afterwards. */
export class PartLines {
  readonly path: string;
  readonly #reading: Reading;
  readonly #meter = new Meter();
  #lastByte: number = LINE_FEED;
  #lines = 0;

  constructor(reading: Reading, path: string) {
    this.#reading = reading;
    this.path = path;
  }

  async *read(): AsyncGenerator<TextLine> {
    const { store, run, differences } = this.#reading;
    try {
      for await (const bytes of byteLines(this.#watched(await store.get(inRun(run, this.path))))) {
        this.#lines += 1;
        yield { line: this.#lines, text: decoded(bytes) };
      }
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      const message = 'is longer than a line can be; nothing after it was read.';
      differences.add({ kind: 'not_a_record', path: this.path, line: error.line, message });
    }
    if (this.#lastByte === LINE_FEED) return;
    const message = 'the last line has no line feed at its end: it was cut off.';
    differences.add({ kind: 'torn_line', path: this.path, line: this.#lines, message });
  }

  get lines(): number {
    return this.#lines;
  }

  /** @returns what was read, once and after the last line. */
  measured(): Part {
    return { path: this.path, bytes: this.#meter.bytes, lines: this.#lines, sha256: this.#meter.sha256() };
  }

  async *#watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#meter.through(chunks)) {
      this.#lastByte = chunk.at(-1) ?? this.#lastByte;
      yield chunk;
    }
  }
}

/** @returns how a part differs from what is said of it, as a clause; null where it does not. */
export function measuredOtherwise(said: Omit<Part, 'path'>, found: Part): string | null {
  const figures = (['bytes', 'lines'] as const).filter((figure) => said[figure] !== found[figure]);
  const clauses = figures.map((figure) => `${found[figure]} ${figure} instead of ${said[figure]}`);
  if (said.sha256 !== found.sha256) clauses.push(`SHA-256 ${found.sha256.slice(0, 12)}… instead of ${said.sha256.slice(0, 12)}…`);
  return clauses.length === 0 ? null : clauses.join(', ');
}

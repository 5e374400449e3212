import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { compareRecords, type RecordPlace } from '../../domain/merge-order.ts';
import { MIB } from '../../domain/units.ts';
import { textLines } from '../lines.ts';
import { type Batch, batches } from './batches.ts';

/** A record as the line that it will be. */
export interface RecordLine {
  readonly at: RecordPlace;
  /** JSON without LF. */
  readonly text: string;
}

/** Where sorted lines wait when they are too many to be held. */
export interface Scratch {
  /** A folder on the local disk. */
  readonly folder: string;
  /** Characters held in memory before they go there. */
  readonly heldChars: number;
}

export const HELD_CHARS = 16 * MIB;

function byPlace(a: RecordLine, b: RecordLine): number {
  return compareRecords(a.at, b.at);
}

function lineOf(text: string): RecordLine {
  const { bucket, key, task_id } = JSON.parse(text) as RecordPlace;
  return { at: { bucket, key, task_id }, text };
}

async function* inMemory(lines: readonly RecordLine[]): AsyncGenerator<RecordLine> {
  yield* lines;
}

async function* onDisk(file: FileHandle): AsyncGenerator<RecordLine> {
  for await (const text of textLines(file.createReadStream({ start: 0, autoClose: false }))) yield lineOf(text);
}

interface Head {
  line: RecordLine;
  readonly rest: AsyncGenerator<RecordLine>;
}

/** @returns those sources that have a line, at their first. */
async function begun(sources: readonly AsyncGenerator<RecordLine>[]): Promise<Head[]> {
  const heads: Head[] = [];
  for (const rest of sources) {
    const first = await rest.next();
    if (first.done !== true) heads.push({ line: first.value, rest });
  }
  return heads;
}

/** @returns the lines of all sorted sources, sorted. */
async function* interleaved(sources: readonly AsyncGenerator<RecordLine>[]): AsyncGenerator<RecordLine> {
  try {
    const heads = await begun(sources);
    while (heads.length > 0) {
      const least = heads.reduce((best, head) => (byPlace(head.line, best.line) < 0 ? head : best));
      yield least.line;
      const next = await least.rest.next();
      if (next.done === true) heads.splice(heads.indexOf(least), 1);
      else least.line = next.value;
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}

/**
 * Sorts any number of lines in the same memory: what does not fit is sorted piece by piece into files that have no
 * name any more, so that even a killed process leaves none, and read back side by side.
 */
export class LineSort {
  readonly #scratch: Scratch;
  readonly #files: FileHandle[] = [];
  #held: RecordLine[] = [];
  #heldChars = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** @throws Failure where the disk is full. */
  async add(line: RecordLine): Promise<void> {
    this.#held.push(line);
    this.#heldChars += line.text.length;
    if (this.#heldChars > this.#scratch.heldChars) await this.#spill();
  }

  get isEmpty(): boolean {
    return this.#held.length === 0 && this.#files.length === 0;
  }

  /** The lines in order; may be asked for again. */
  async *sorted(): AsyncGenerator<Batch> {
    this.#held.sort(byPlace);
    const sources = [...this.#files.map(onDisk), inMemory(this.#held)];
    yield* batches(interleaved(sources));
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }

  async #spill(): Promise<void> {
    try {
      const path = join(this.#scratch.folder, `tilescribe-${randomUUID()}`);
      const file = await open(path, 'wx+', 0o600);
      this.#files.push(file);
      await unlink(path);
      this.#held.sort(byPlace);
      for await (const { bytes } of batches(inMemory(this.#held))) await file.appendFile(bytes);
    } catch (error) {
      throw new Failure('Unreachable', this.#noRoom(error), { cause: error });
    }
    this.#held = [];
    this.#heldChars = 0;
  }

  #noRoom(error: unknown): string {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
    return `The worker cannot write to its temporary folder ${this.#scratch.folder} (${why}). Free some disk there or set TMPDIR; merging is tried again.`;
  }
}

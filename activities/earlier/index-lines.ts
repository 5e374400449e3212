import { createHash } from 'node:crypto';
import { indexLineOf, type IndexLine, type IndexPart, type TileBound } from '../../domain/index-line.ts';
import { inOutput } from '../../domain/layout.ts';
import { compareRecords } from '../../domain/merge-order.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { compareLocations } from '../enumerate/candidate.ts';
import { mergeSorted } from '../enumerate/merge-sorted.ts';
import { readIfThere } from '../read-object.ts';
import { whileReadable } from '../readable.ts';
import type { EarlierRun } from './earlier-run.ts';
import { batchesFrom, batchesOf, type Batch } from './line-batches.ts';
import { rangesOf, recordedIn } from './recorded.ts';

/** Some lines of a run's index, and where in the run they are from. */
export interface RangeLines {
  readonly range: number;
  readonly lines: Batch<IndexLine>;
}

/** How far whoever reads has come: what ends before it is not read at all. */
export interface Horizon {
  at: TileBound | null;
}

export interface IndexReading {
  readonly store: ObjectStore;
  readonly horizon: Horizon;
}

function* parsed(text: string): Generator<IndexLine> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    yield JSON.parse(text.slice(start, end)) as IndexLine;
    start = end + 1;
  }
}

async function* recordLines({ store }: IndexReading, of: EarlierRun, range: number): AsyncGenerator<IndexLine> {
  const streams = await recordedIn(store, of, range);
  for await (const record of mergeSorted(streams, compareRecords)) yield indexLineOf(record);
}

async function* derivedRange(reading: IndexReading, of: EarlierRun, range: number): AsyncGenerator<RangeLines> {
  for await (const lines of batchesFrom(recordLines(reading, of, range))) yield { range, lines };
}

/** @returns the text of a part, nothing else of which is kept while it is gone through; null where it is gone or damaged. */
async function textOf({ store }: IndexReading, of: EarlierRun, { path, sha256 }: IndexPart): Promise<string | null> {
  const bytes = await readIfThere(store, inOutput(of.ref, path));
  if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== sha256) return null;
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/**
 * A part is read at once: nothing waits on an idle connection while other runs are ahead. Where somebody removed or
 * changed it the records say what it said.
 */
async function* linesOfPart(reading: IndexReading, of: EarlierRun, part: IndexPart): AsyncGenerator<RangeLines> {
  const { range } = part;
  const text = await textOf(reading, of, part);
  if (text === null) yield* derivedRange(reading, of, range);
  else for (const lines of batchesOf(parsed(text))) yield { range, lines };
}

function isBehind({ horizon: { at } }: IndexReading, { last }: IndexPart): boolean {
  return at !== null && compareLocations(last, at) < 0;
}

async function* indexed(reading: IndexReading, of: EarlierRun, parts: readonly IndexPart[]): AsyncGenerator<RangeLines> {
  for (const part of parts) if (!isBehind(reading, part)) yield* linesOfPart(reading, of, part);
}

/** Of a run without an index: it did not end, or ended before there was one. */
async function* derived(reading: IndexReading, of: EarlierRun): AsyncGenerator<RangeLines> {
  const ranges = await rangesOf(reading.store, of);
  for (let range = 0; range < ranges; range += 1) yield* derivedRange(reading, of, range);
}

/** What a closed run has recorded, in the order of the parts, up to where it cannot be read. @throws ObjectStoreError */
export async function* indexLinesOf(reading: IndexReading, of: EarlierRun): AsyncGenerator<RangeLines> {
  const parts = of.manifest?.index ?? [];
  const lines = parts.length > 0 ? indexed(reading, of, parts) : derived(reading, of);
  yield* whileReadable(lines);
}

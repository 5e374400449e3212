import { createHash } from 'node:crypto';
import { indexLineOf, type IndexLine, type IndexPart, type TileBound } from '../../domain/index-line.ts';
import { inOutput, parseS3Uri } from '../../domain/layout.ts';
import { compareLocations, compareRecords, compareUtf8 } from '../../domain/merge-order.ts';
import type { RunSpec } from '../../domain/spec.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { namesTiles } from '../../schema/uri.ts';
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

/** Some of what a closed run has recorded, and which tiles it can be about: the others need not read it. */
export interface Section {
  /** Nothing in it is about a tile before this one. */
  readonly first: TileBound;
  /** @returns whether nothing in it is about this tile or one behind it. */
  readonly endsBefore: (tile: TileBound) => boolean;
  /** In the order of the parts, up to where it cannot be read. @throws ObjectStoreError */
  readonly lines: () => AsyncGenerator<RangeLines>;
}

function* parsed(text: string): Generator<IndexLine> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    yield JSON.parse(text.slice(start, end)) as IndexLine;
    start = end + 1;
  }
}

async function* recordLines(store: ObjectStore, of: EarlierRun, range: number): AsyncGenerator<IndexLine> {
  const streams = await recordedIn(store, of, range);
  for await (const record of mergeSorted(streams, compareRecords)) yield indexLineOf(record);
}

async function* derivedRange(store: ObjectStore, of: EarlierRun, range: number): AsyncGenerator<RangeLines> {
  for await (const lines of batchesFrom(recordLines(store, of, range))) yield { range, lines };
}

/** @returns the text of a part, nothing else of which is kept while it is gone through; null where it is gone or damaged. */
async function textOf(store: ObjectStore, of: EarlierRun, { path, sha256 }: IndexPart): Promise<string | null> {
  const bytes = await readIfThere(store, inOutput(of.ref, path));
  if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== sha256) return null;
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/**
 * A part is read at once: nothing waits on an idle connection while other runs are ahead. Where somebody removed or
 * changed it the records say what it said.
 */
async function* linesOfPart(store: ObjectStore, of: EarlierRun, part: IndexPart): AsyncGenerator<RangeLines> {
  const { range } = part;
  const text = await textOf(store, of, part);
  if (text === null) yield* derivedRange(store, of, range);
  else for (const lines of batchesOf(parsed(text))) yield { range, lines };
}

function indexed(store: ObjectStore, of: EarlierRun, part: IndexPart): Section {
  const { first, last } = part;
  return {
    first,
    endsBefore: (tile) => compareLocations(last, tile) < 0,
    lines: () => whileReadable(linesOfPart(store, of, part)),
  };
}

async function* derivedLines(store: ObjectStore, of: EarlierRun): AsyncGenerator<RangeLines> {
  const ranges = await rangesOf(store, of);
  for (let range = 0; range < ranges; range += 1) yield* derivedRange(store, of, range);
}

/** @returns what the keys of all tiles of a run begin with; nothing where other objects or another run named them. */
function prefixOf({ input: { uri }, retry }: RunSpec): string {
  return retry !== undefined || namesTiles(uri) ? '' : (parseS3Uri(uri)?.key ?? '');
}

/** Of a run without an index: it did not end, or ended before there was one. */
function derived(store: ObjectStore, of: EarlierRun): Section {
  const prefix = prefixOf(of.run.spec);
  return {
    first: { key: prefix, bucket: '' },
    endsBefore: ({ key }) => !key.startsWith(prefix) && compareUtf8(key, prefix) > 0,
    lines: () => whileReadable(derivedLines(store, of)),
  };
}

/** @returns all that a closed run has recorded; nothing is read yet. */
export function sectionsOf(store: ObjectStore, of: EarlierRun): Section[] {
  const parts = of.manifest?.index ?? [];
  return parts.length > 0 ? parts.map((part) => indexed(store, of, part)) : [derived(store, of)];
}

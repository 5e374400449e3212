import { tmpdir } from 'node:os';
import { inRun, PATHS } from '../domain/layout.ts';
import { compareUtf8 } from '../domain/merge-order.ts';
import type { TileRecord } from '../domain/record.ts';
import type { Frozen, Merged } from '../domain/run.ts';
import { TASK_KINDS, type TaskKind } from '../domain/spec.ts';
import type { Tile } from '../domain/tile.ts';
import { MIB } from '../domain/units.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { textLines } from './lines.ts';
import { LineSort, type RecordLine } from './merge/line-sort.ts';
import { recordsOf } from './merge/slices.ts';
import { jsonOf, readIfThere } from './read-object.ts';
import type { ReadRun } from './harvest/leftovers.ts';
import { whileReadable } from './readable.ts';

/** What a closed run has answered of one kind. */
export interface Source {
  readonly store: ObjectStore;
  readonly of: ReadRun;
  readonly kind: TaskKind;
}

/** Of each source that is read at the same time. */
const HELD_CHARS = 2 * MIB;

type Found = Pick<TileRecord, 'bucket' | 'key' | 'record_id' | 'status'>;

async function* linesIn({ store, of }: Source, path: string): AsyncGenerator<string> {
  yield* textLines(await store.get(inRun(of.ref, path)));
}

function isOfKind(path: string, kind: TaskKind): boolean {
  return path.startsWith(`${TASK_KINDS[kind].folder}/`);
}

function lineOf(record: TileRecord): RecordLine {
  const { bucket, key, task_id } = record;
  return { at: { bucket, key, task_id }, text: JSON.stringify(record) };
}

async function* bytesOf(batches: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of batches) yield bytes;
}

/** The slices of a range that was not merged, sorted. */
async function* logged({ store, of, kind }: Source, range: number): AsyncGenerator<string> {
  const { ref, run, strands } = of;
  const mine = strands.filter(({ lane, strand, slice }) => {
    const count = run.lanes.find(({ service }) => service === lane)?.strands ?? 1;
    return slice > 0 && strand === range % count;
  });
  const ends = mine.map(({ lane, strand, slice }) => ({ lane, strand, n: slice }));
  const sort = new LineSort({ folder: tmpdir(), heldChars: HELD_CHARS });
  try {
    for await (const record of whileReadable(recordsOf(store, { ref, range, ends })))
      if (record.status === 'ok' && record.kind === kind) await sort.add(lineOf(record));
    yield* textLines(bytesOf(sort.sorted()));
  } finally {
    await sort.close();
  }
}

/** Of a run without manifest.json: what was merged, and of the other ranges what its logs hold. */
async function* unfinished(source: Source): AsyncGenerator<string> {
  const { store, of, kind } = source;
  const frozen = await readIfThere(store, inRun(of.ref, PATHS.frozen));
  const ranges = frozen === null ? 0 : (jsonOf(frozen) as Frozen).ranges.length;
  for (let range = 0; range < ranges; range += 1) {
    const bytes = await readIfThere(store, inRun(of.ref, PATHS.merged(range)));
    if (bytes === null) yield* logged(source, range);
    else for (const { path } of (jsonOf(bytes) as Merged).parts) if (isOfKind(path, kind)) yield* linesIn(source, path);
  }
}

async function* finished(source: Source): AsyncGenerator<string> {
  const paths = (source.of.manifest?.parts ?? []).map(({ path }) => path).filter((path) => isOfKind(path, source.kind));
  for (const path of paths.toSorted()) yield* linesIn(source, path);
}

async function* records(source: Source): AsyncGenerator<Found> {
  for await (const line of source.of.manifest === null ? unfinished(source) : finished(source)) yield JSON.parse(line) as Found;
}

function compare(a: Found, tile: Pick<Tile, 'bucket' | 'key'>): number {
  return compareUtf8(a.key, tile.key) || compareUtf8(a.bucket, tile.bucket);
}

/** The records of one source, gone through once beside the tiles of a manifest, which has the same order. */
export class FoundRecords {
  readonly #rest: AsyncGenerator<Found>;
  #next: Found | null = null;
  #ended = false;

  constructor(source: Source) {
    this.#rest = whileReadable(records(source));
  }

  /** @returns the records of a tile; those of tiles before it are left behind. */
  async of(tile: Pick<Tile, 'bucket' | 'key'>): Promise<Found[]> {
    const found: Found[] = [];
    for (;;) {
      this.#next ??= await this.#read();
      const order = this.#next === null ? 1 : compare(this.#next, tile);
      if (this.#next === null || order > 0) return found;
      if (order === 0) found.push(this.#next);
      this.#next = null;
    }
  }

  async close(): Promise<void> {
    await this.#rest.return(undefined);
  }

  async #read(): Promise<Found | null> {
    if (this.#ended) return null;
    const next = await this.#rest.next();
    this.#ended = next.done === true;
    return next.done === true ? null : next.value;
  }
}

import { batches } from '../domain/batches.ts';
import { coverageOf, type Coverage } from '../domain/coverage.ts';
import {
  NO_HARVEST,
  NOTHING_LEFT,
  type CoveredLines,
  type Harvest,
  type HarvestedRange,
  type HarvestedStrand,
} from '../domain/harvest.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { inRun, PATHS, s3Uri } from '../domain/layout.ts';
import type { TileRecord } from '../domain/record.ts';
import type { RunRef } from '../domain/run.ts';
import type { Takings } from '../domain/taking-over.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';
import { keepingFew } from './keeping-few.ts';
import { jsonLines } from './lines.ts';
import { outputStore } from './output-store.ts';
import { jsonOf, readIfThere, readObject } from './read-object.ts';
import { withS3Failures } from './s3-failure.ts';

/** Reads back what a harvest wrote. */

/** What one strand takes over. */
export interface StrandTakings extends Takings, HarvestedStrand {
  readonly coverage: Coverage;
}

/** Which strand of which run. */
export interface StrandWanted {
  readonly ref: RunRef;
  readonly lane: string;
  readonly strand: number;
  readonly strands: number;
}

export type TakingsReader = (wanted: StrandWanted) => Promise<StrandTakings>;

const KEPT = 32;
const AT_ONCE = 16;

/** @returns what the harvest of a run says; nothing where it had none. */
export async function readHarvest(store: ObjectStore, ref: RunRef): Promise<Harvest> {
  const at = inRun(ref, PATHS.harvest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? NO_HARVEST : (jsonOf(bytes, s3Uri(at)) as Harvest);
}

async function readWork(store: ObjectStore, ref: RunRef, path: string): Promise<unknown> {
  const at = inRun(ref, path);
  return jsonOf(await readObject(store, at), s3Uri(at));
}

function errorsOf(ranges: readonly HarvestedRange[]): Takings['errors'] {
  const all: Partial<Record<ErrorCode, number>> = {};
  for (const [code, count] of ranges.flatMap(({ errors = {} }) => Object.entries(errors)))
    all[code as ErrorCode] = (all[code as ErrorCode] ?? 0) + count;
  return all;
}

async function readTakings(store: ObjectStore, { ref, lane, strand, strands }: StrandWanted): Promise<StrandTakings> {
  const harvest = (await readHarvest(store, ref)).lanes[lane];
  const path = harvest?.strands[strand];
  const left = path === undefined ? NOTHING_LEFT : ((await readWork(store, ref, path)) as HarvestedStrand);
  const ranges = (harvest?.ranges ?? []).filter(({ range }) => range % strands === strand);
  const covered = new Map<number, readonly CoveredLines[]>();
  for (const some of batches(ranges, AT_ONCE)) {
    const read = await Promise.all(some.map(({ covered: name }) => readWork(store, ref, name)));
    for (const [index, lines] of read.entries()) covered.set(some[index]?.range ?? 0, lines as CoveredLines[]);
  }
  const records = new Map(ranges.map(({ range, records: count }) => [range, count]));
  return { ...left, records, errors: errorsOf(ranges), coverage: coverageOf(covered) };
}

/** @returns a reader that remembers: a harvest never changes once its run's lanes have begun. */
export function createTakingsReader(stores: ObjectStores): TakingsReader {
  return keepingFew(
    KEPT,
    ({ ref, lane, strand }) => `${s3Uri(inRun(ref, ''))}#${lane}/${strand}`,
    (wanted) => withS3Failures('output', () => readTakings(outputStore(stores, wanted.ref), wanted)),
  );
}

/** The records that a range takes over, lane after lane. */
export async function* takenRecords(store: ObjectStore, ref: RunRef, range: number): AsyncGenerator<TileRecord> {
  const { lanes } = await readHarvest(store, ref);
  const parts = Object.values(lanes).flatMap((lane) =>
    lane.ranges.filter((one) => one.range === range).flatMap((one) => one.parts),
  );
  for (const path of parts) yield* jsonLines<TileRecord>(await store.get(inRun(ref, path)));
}

import { tmpdir } from 'node:os';
import type { Counted } from '../../domain/balance.ts';
import { inRun, PATHS, s3Uri } from '../../domain/layout.ts';
import { RollCall } from '../../domain/roll-call.ts';
import type { Merged, Run, RunRef, StrandEnd } from '../../domain/run.ts';
import type { ObjectStore, ObjectStores } from '../../ports/object-store.ts';
import { takenRecords } from '../takings.ts';
import { readTiles } from '../manifest-reader.ts';
import { outputStore } from '../output-store.ts';
import type { Pulse } from '../pulse.ts';
import { putOnce } from '../put-once.ts';
import { jsonOf, readIfThere } from '../read-object.ts';
import { withS3Failures } from '../s3-failure.ts';
import { watched } from '../watched.ts';
import { HELD_CHARS, type Scratch } from './line-sort.ts';
import { IndexLines } from './index-lines.ts';
import { RangeLines } from './range-lines.ts';
import { recordsOf } from './slices.ts';

export interface MergeArgs extends RunRef {
  readonly range: number;
  /** The last slice of every strand that has passed the range, or of all strands where the run was cancelled. */
  readonly ends: readonly StrandEnd[];
  /** The run was cancelled: tasks without a record are expected. */
  readonly partial: boolean;
}

/** What a range's parts hold, and what they lack. */
export interface MergeResult extends Counted {
  readonly missing: number;
  readonly duplicates: number;
}

export interface MergePorts {
  readonly stores: ObjectStores;
  readonly readRun: (ref: RunRef) => Promise<Run>;
  /** Where lines wait that do not fit in memory; the machine's temporary folder, 16 Mi characters a part, unless named. */
  readonly scratch?: Scratch;
}

const MISSING_KEPT = 1_000;
const BEAT_EVERY = 1_000;

/** One merge: what it works with. */
interface Merging {
  readonly store: ObjectStore;
  readonly args: MergeArgs;
  readonly lines: RangeLines;
  readonly index: IndexLines;
  readonly pulse: Pulse;
}

function resultOf({ counted, missing_count, duplicates }: Merged): MergeResult {
  return { ...counted, missing: missing_count, duplicates };
}

/** @returns the roll call of the range, every tile expected. */
async function rollCall(store: ObjectStore, args: MergeArgs, run: Run): Promise<RollCall> {
  const roll = new RollCall(run.spec.tasks.map((task) => task.id));
  for await (const tile of readTiles(store, { ref: args, range: args.range })) roll.expect(tile);
  return roll;
}

async function* chained<T>(...sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  for (const source of sources) yield* source;
}

/** Takes in every record once; the first one of a task counts. @returns how many came besides. */
async function collect({ store, args, lines, index, pulse }: Merging, roll: RollCall): Promise<number> {
  const { range, ends } = args;
  let duplicates = 0;
  const records = chained(takenRecords(store, args, range), recordsOf(store, { ref: args, range, ends }));
  for await (const record of watched(records, { pulse, every: BEAT_EVERY, details: (seen) => ({ range, records: seen }) })) {
    if (!roll.admit(record)) {
      duplicates += 1;
      continue;
    }
    await lines.add(record);
    await index.add(record);
  }
  return duplicates;
}

async function mergeRange(merging: Merging, run: Run): Promise<Merged> {
  const { store, args, lines, pulse } = merging;
  const roll = await rollCall(store, args, run);
  const duplicates = await collect(merging, roll);
  const { missing, missingCount } = roll.absent(args.partial ? 0 : MISSING_KEPT);
  const parts = await lines.write({ store, ref: args, pulse });
  return {
    schema_version: 1,
    range: args.range,
    parts,
    missing,
    missing_count: missingCount,
    duplicates,
    counted: lines.counted,
    index: await merging.index.write(store, args),
  };
}

async function readMerged(store: ObjectStore, args: MergeArgs): Promise<Merged | null> {
  const at = inRun(args, PATHS.merged(args.range));
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : (jsonOf(bytes, s3Uri(at)) as Merged);
}

/** @returns what the range's merge says: ours, or that of whoever was faster. */
async function commit(store: ObjectStore, args: MergeArgs, merged: Merged): Promise<Merged> {
  const at = inRun(args, PATHS.merged(args.range));
  const put = await putOnce(store, at, Buffer.from(JSON.stringify(merged)));
  return put === 'written' ? merged : (jsonOf(put.adopted, s3Uri(at)) as Merged);
}

/**
 * @returns the activity that makes all parts of one range. Doing it again is doing it once: the parts are a function
 * of the logs, and what is there is compared, never replaced. It throws Failure.
 */
export function createMerge(ports: MergePorts): (args: MergeArgs, pulse: Pulse) => Promise<MergeResult> {
  const scratch = ports.scratch ?? { folder: tmpdir(), heldChars: HELD_CHARS };
  return (args, pulse) =>
    withS3Failures('output', async () => {
      const store = outputStore(ports.stores, args);
      const there = await readMerged(store, args);
      if (there !== null) return resultOf(there);
      const [lines, index] = [new RangeLines(args.range, scratch), new IndexLines(args.range, scratch)];
      try {
        const merged = await mergeRange({ store, args, lines, index, pulse }, await ports.readRun(args));
        return resultOf(await commit(store, args, merged));
      } finally {
        await Promise.all([lines.close(), index.close()]);
      }
    });
}

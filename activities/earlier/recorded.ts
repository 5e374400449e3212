import { tmpdir } from 'node:os';
import { inRun, PATHS, rangeOfPart, s3Uri } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Frozen, Merged } from '../../domain/run.ts';
import { TASK_KINDS } from '../../domain/spec.ts';
import { MIB } from '../../domain/units.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { jsonLines } from '../lines.ts';
import { LineSort } from '../merge/line-sort.ts';
import { recordsOf } from '../merge/slices.ts';
import { jsonOf, readIfThere } from '../read-object.ts';
import type { EarlierRun } from './earlier-run.ts';

/** The records of closed runs, wherever these left them. */

const HELD_CHARS = 2 * MIB;

/** Where a run's records of a range are: in parts, or still in the logs. */
type Whereabouts = readonly string[] | 'logs';

/** @returns how many ranges a closed run has; those that it never came to included. */
export async function rangesOf(store: ObjectStore, { ref, manifest }: EarlierRun): Promise<number> {
  if (manifest !== null) return 1 + Math.max(-1, ...manifest.parts.map(({ path }) => rangeOfPart(path) ?? -1));
  const at = inRun(ref, PATHS.frozen);
  const frozen = await readIfThere(store, at);
  return frozen === null ? 0 : (jsonOf(frozen, s3Uri(at)) as Frozen).ranges.length;
}

async function whereabouts(store: ObjectStore, { ref, manifest }: EarlierRun, range: number): Promise<Whereabouts> {
  if (manifest !== null) return manifest.parts.map(({ path }) => path).filter((path) => rangeOfPart(path) === range);
  const at = inRun(ref, PATHS.merged(range));
  const merged = await readIfThere(store, at);
  return merged === null ? 'logs' : (jsonOf(merged, s3Uri(at)) as Merged).parts.map(({ path }) => path);
}

async function* recordsIn(store: ObjectStore, { ref }: EarlierRun, path: string): AsyncGenerator<TileRecord> {
  yield* jsonLines<TileRecord>(await store.get(inRun(ref, path)));
}

async function* bytesOf(batches: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of batches) yield bytes;
}

/** The slices of a range that was not merged, sorted. */
async function* logged(store: ObjectStore, of: EarlierRun, range: number): AsyncGenerator<TileRecord> {
  const { ref, run, strands } = of;
  const mine = strands.filter(({ lane, strand, slice }) => {
    const count = run.lanes.find(({ service }) => service === lane)?.strands ?? 1;
    return slice > 0 && strand === range % count;
  });
  const ends = mine.map(({ lane, strand, slice }) => ({ lane, strand, n: slice }));
  const sort = new LineSort({ folder: tmpdir(), heldChars: HELD_CHARS });
  try {
    for await (const record of recordsOf(store, { ref, range, ends })) {
      const { bucket, key, task_id } = record;
      await sort.add({ at: { bucket, key, task_id }, text: JSON.stringify(record) });
    }
    yield* jsonLines<TileRecord>(bytesOf(sort.sorted()));
  } finally {
    await sort.close();
  }
}

/** @returns what a run recorded in a range, as sorted streams side by side. @throws ObjectStoreError */
export async function recordedIn(store: ObjectStore, of: EarlierRun, range: number): Promise<AsyncGenerator<TileRecord>[]> {
  const where = await whereabouts(store, of, range);
  return where === 'logs' ? [logged(store, of, range)] : where.map((path) => recordsIn(store, of, path));
}

/** @returns the folder in which a record of a kind stands; that of the errors where it has no answer. */
export function folderOf(kind: keyof typeof TASK_KINDS, answered: boolean): string {
  return answered ? TASK_KINDS[kind].folder : 'errors';
}

/** The same, only from the folders that are wanted, one after the other. @throws ObjectStoreError */
export async function* soughtIn(
  store: ObjectStore,
  of: EarlierRun,
  at: { range: number; folders: ReadonlySet<string> },
): AsyncGenerator<TileRecord> {
  const where = await whereabouts(store, of, at.range);
  if (where === 'logs') yield* logged(store, of, at.range);
  else for (const path of where) if (at.folders.has(path.split('/')[0] ?? '')) yield* recordsIn(store, of, path);
}

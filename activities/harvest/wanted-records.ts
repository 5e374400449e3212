import { withCatalogAnew } from '../../domain/catalog.ts';
import { takenOver } from '../../domain/harvest.ts';
import type { TilePlace } from '../../domain/log.ts';
import type { Earlier } from '../../domain/owed.ts';
import type { RecordPlace } from '../../domain/merge-order.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Run } from '../../domain/run.ts';
import type { Tile } from '../../domain/tile.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { RECORD } from '../../schema/record.ts';
import { inputKind } from '../../schema/uri.ts';
import type { EarlierRun } from '../earlier/earlier-run.ts';
import { folderOf, soughtIn } from '../earlier/recorded.ts';
import { whileReadable } from '../readable.ts';
import { recordIdOf, type Question } from './question.ts';

/** A task of a tile of this run, and where its record stands. */
export interface WantedRecord {
  readonly tile: Tile;
  readonly place: TilePlace;
  readonly question: Question;
  readonly earlier: Earlier<EarlierRun>;
}

/** A record as it is taken over. */
export interface TakenRecord {
  readonly of: WantedRecord;
  readonly record: TileRecord;
}

interface Taking {
  readonly store: ObjectStore;
  readonly run: Run;
  readonly wanted: readonly WantedRecord[];
}

/** What is wanted of one range of one closed run. */
interface Errand {
  readonly from: EarlierRun;
  readonly range: number;
  readonly folders: Set<string>;
  readonly wanted: Map<string, WantedRecord[]>;
}

function nameOf({ key, bucket, task_id }: RecordPlace): string {
  return JSON.stringify([key, bucket, task_id]);
}

function errandsOf(wanted: readonly WantedRecord[]): Errand[] {
  const errands = new Map<EarlierRun, Map<number, Errand>>();
  for (const one of wanted) {
    const { run: from, range, taskId: task_id, code, question } = one.earlier;
    const ranges = errands.get(from) ?? new Map<number, Errand>();
    const errand = ranges.get(range) ?? { from, range, folders: new Set(), wanted: new Map() };
    const name = nameOf({ ...one.tile, task_id });
    errand.folders.add(folderOf(question.asked.task.kind, code === null));
    errand.wanted.set(name, [...(errand.wanted.get(name) ?? []), one]);
    errands.set(from, ranges.set(range, errand));
  }
  return [...errands.values()].flatMap((ranges) => [...ranges.values()]);
}

/** @returns null where it is not the record that the index speaks of, or none at all. */
function takenRecord({ runId, spec }: Run, of: WantedRecord, found: TileRecord): TakenRecord | null {
  const { success, data } = RECORD.safeParse(found);
  const { tile, question, earlier } = of;
  if (!success || data.error_code !== earlier.code) return null;
  if (tile.etag !== data.etag || (tile.etag !== null && data.record_id !== recordIdOf(tile, question.asked))) return null;
  const record = takenOver(data, { runId, dataset: spec.dataset, taskId: question.task.id });
  const isCatalogued = inputKind(spec.input.uri) === 'stac';
  return { of, record: isCatalogued ? withCatalogAnew(record, tile.catalog) : record };
}

/** Reads every part that holds something wanted once, one after the other. */
export async function* takeRecords({ store, run, wanted }: Taking): AsyncGenerator<TakenRecord> {
  for (const errand of errandsOf(wanted)) {
    for await (const found of whileReadable(soughtIn(store, errand.from, errand))) {
      const name = nameOf(found);
      const matching = errand.wanted.get(name) ?? [];
      const taken = matching.flatMap((of) => takenRecord(run, of, found) ?? []);
      if (taken.length > 0) errand.wanted.delete(name);
      yield* taken;
    }
  }
}

import { createHash } from 'node:crypto';
import { endedRun } from '../../current/ended-runs.ts';
import type { CurrentPorts, EndedRun } from '../../current/ports.ts';
import type { IndexPart } from '../../domain/index-line.ts';
import { OUTPUT_PATHS } from '../../domain/layout.ts';
import { compareRecords } from '../../domain/merge-order.ts';
import type { TileRecord } from '../../domain/record.ts';
import { NOTHING_HARVESTED, type Part, type RunManifest } from '../../domain/run.ts';
import { TASK_KINDS } from '../../domain/spec.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import { recordOf, shipsOf } from '../report/fixture.ts';
import { viewing } from '../support/memory-pointers.ts';
import { MemoryStore } from '../support/memory-store.ts';

export const OUTPUT = { bucket: 'results', prefix: 'harbours/' };
export const OUTPUT_URI = 's3://results/harbours/';
const BEGIN_MS = Date.UTC(2026, 2, 1);

/** @returns a moment as records and manifests write it. */
export function at(minute: number): string {
  return new Date(BEGIN_MS + minute * 60_000).toISOString();
}

/** A run that has ended. */
export interface Laid {
  readonly runId: string;
  /** Minute in which it began. */
  readonly began: number;
  readonly records: readonly TileRecord[];
  readonly state?: RunManifest['state'];
  /** Its manifest names an index; not unless told. */
  readonly indexed?: boolean;
}

/** @returns an answer of a run to the caption of a tile. */
export function captionIn(runId: string, key: string, minute: number): TileRecord {
  const text = `${key}, seen by ${runId}.`;
  return recordOf({ run_id: runId, key, record_id: `${runId}:${key}`, created_at: at(minute), text });
}

/** @returns an answer of a run to the question about ships. */
export function shipsIn(runId: string, key: string, minute: number): TileRecord {
  return shipsOf(key, { run_id: runId, record_id: `${runId}:${key}`, created_at: at(minute) });
}

/** @returns a record as a later run takes it over. */
export function takenOverBy(runId: string, record: TileRecord): TileRecord {
  const taken = record.warnings.length > 0 ? record.warnings : [`harvested_from_run=${record.run_id}`];
  return { ...record, run_id: runId, warnings: taken };
}

export function emptyOutput(): MemoryStore {
  return new MemoryStore(['results']);
}

/** @returns in which of two ranges a record is. */
function rangesOf(sorted: readonly TileRecord[]): (record: TileRecord) => number {
  const tiles = [...new Set(sorted.map(({ key }) => key))];
  return ({ key }) => (tiles.indexOf(key) < tiles.length / 2 ? 0 : 1);
}

/** Nothing but its bounds matters here, and nothing is written. */
function indexOf(runId: string, records: readonly TileRecord[]): IndexPart[] {
  const sorted = records.toSorted(compareRecords);
  const rangeOf = rangesOf(sorted);
  return [0, 1].flatMap((range) => {
    const own = sorted.filter((record) => rangeOf(record) === range).map(({ key, bucket }) => ({ key, bucket }));
    const [first, last] = [own[0], own.at(-1)];
    const part = { path: OUTPUT_PATHS.indexPart(runId, range), range, bytes: 1, lines: own.length, sha256: '' };
    return first === undefined || last === undefined ? [] : [{ ...part, first, last }];
  });
}

function partsOf(store: MemoryStore, prefix: string, records: readonly TileRecord[]): Part[] {
  const sorted = records.toSorted(compareRecords);
  const rangeOf = rangesOf(sorted);
  const pathOf = (record: TileRecord): string =>
    `${record.status === 'ok' ? TASK_KINDS[record.kind].folder : 'errors'}/part-0000${rangeOf(record)}.jsonl`;
  return [...new Set(sorted.map(pathOf))].map((path) => {
    const own = sorted.filter((record) => pathOf(record) === path);
    const text = own.map((record) => `${JSON.stringify(record)}\n`).join('');
    store.overwrite({ bucket: OUTPUT.bucket, key: prefix + path }, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { path, bytes: Buffer.byteLength(text), lines: own.length, sha256 };
  });
}

/** Lays out what a run leaves, in two ranges. @returns it as the view takes it. */
export function layRun(store: MemoryStore, { runId, began, records, state = 'complete', indexed = false }: Laid): EndedRun {
  const prefix = `${OUTPUT.prefix}run=${runId}/`;
  const manifest: RunManifest = {
    schema_version: 1,
    run_id: runId,
    dataset: 'harbours',
    state,
    started_at: at(began),
    ended_at: at(began + 60),
    inputs: 0,
    tasks: 2,
    expected: records.length,
    ok: records.length,
    failed: 0,
    skipped: 0,
    unfinished: 0,
    ignored: IGNORED_NONE,
    harvest: NOTHING_HARVESTED,
    owed: null,
    window_ended: false,
    index: indexed ? indexOf(runId, records) : [],
    missing: [],
    parts: partsOf(store, prefix, records),
  };
  store.overwrite({ bucket: OUTPUT.bucket, key: `${prefix}manifest.json` }, JSON.stringify(manifest));
  const place = { bucket: OUTPUT.bucket, prefix };
  return endedRun(place, { ...manifest, state: 'complete' }) as EndedRun;
}

/** @returns what makes the view of a store in memory, with parts of about three records. */
export function portsOn(store: MemoryStore, over: Partial<CurrentPorts> = {}): CurrentPorts {
  const { clock, nonce, pointers } = viewing(store);
  const { signal } = new AbortController();
  return { store, pointers: pointers(), clock, nonce, signal, beat: () => undefined, cutBytes: 3_000, ...over };
}

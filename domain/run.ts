import type { Counted } from './balance.ts';
import type { IndexPart } from './index-line.ts';
import type { TaskState } from './owed.ts';
import type { RunPlace } from './layout.ts';
import type { Service } from './service.ts';
import type { RunSpec, TaskSpec } from './spec.ts';
import type { Ignored } from './tile.ts';

/** The tasks of one service in a run. `strands` is frozen when the run is opened. */
export interface Lane {
  readonly service: string;
  readonly tasks: readonly TaskSpec[];
  readonly strands: number;
}

/** How an activity is told which run it works for. */
export interface RunRef extends RunPlace {
  readonly runId: string;
  readonly sseKmsKeyId?: string;
}

/** An opened run as every activity sees it; read from run.json. */
export interface Run {
  readonly runId: string;
  readonly spec: RunSpec;
  /** As configured where the run was opened; api and model of the records come from here. */
  readonly services: Readonly<Record<string, Service>>;
  readonly lanes: readonly Lane[];
  /** Tiles per range. */
  readonly rangeTiles: number;
  /** ISO 8601: the workflow's own start time. */
  readonly startedAt: string;
  /** How its tiles were prepared; part of every record id. */
  readonly preparation: string;
}

const MAX_RANGE_TILES = 25_000;
const MAX_RANGE_RECORDS = 50_000;

/** @returns tiles per range: a cut of the manifest for all lanes, small enough that a merge is minutes. */
export function rangeTiles(lanes: readonly Pick<Lane, 'tasks'>[]): number {
  const most = Math.max(1, ...lanes.map((lane) => lane.tasks.length));
  return Math.min(MAX_RANGE_TILES, Math.floor(MAX_RANGE_RECORDS / most));
}

/** @returns the tasks by service, in the order in which the spec first names each. */
export function lanesOf(spec: RunSpec, strandsOf: (service: string) => number): Lane[] {
  const services = [...new Set(spec.tasks.map((task) => task.service))];
  return services.map((service) => ({
    service,
    tasks: spec.tasks.filter((task) => task.service === service),
    strands: strandsOf(service),
  }));
}

/** `_work/frozen.json`: the input is complete and will not change. */
export interface Frozen {
  readonly schema_version: 1;
  readonly inputs: number;
  /** Lines of manifest/part-n, by n. */
  readonly ranges: readonly { readonly lines: number; readonly bytes: number; readonly sha256: string }[];
  readonly ignored: Readonly<Record<Ignored, number>>;
}

/** A committed part as manifest.json lists it. */
export interface Part {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
}

/** `_work/merged/part-n.json`: range n has its parts, and which record ids were looked for in vain. */
export interface Merged {
  readonly schema_version: 1;
  readonly range: number;
  readonly parts: readonly Part[];
  /** `<bucket>/<key>#<task id>` of tasks without a record, at most 1,000. */
  readonly missing: readonly string[];
  readonly missing_count: number;
  /** Records found twice: the log's fence makes this 0; a difference stops the run from being called complete. */
  readonly duplicates: number;
  /** What the parts hold. */
  readonly counted: Counted;
  /** Null where there is no record. Ranges that were merged before there was an index do not have it. */
  readonly index?: IndexPart | null;
}

/** Where a strand's log ends, as far as a range's merge needs to know: the slice whose state names the others. */
export interface StrandEnd {
  readonly lane: string;
  readonly strand: number;
  /** A slice's n. */
  readonly n: number;
}

/** What a run did not have to ask: closed runs of the same output had asked it. Counted from the written parts. */
export interface HarvestTotals {
  /** Records that closed runs had finished. */
  readonly records: number;
  /** Jobs that were not asked again: finished there, or in flight there and collected. */
  readonly jobs: number;
  /** What these took, an estimate. */
  readonly gpu_seconds: number;
  /** Which runs had asked, those that gave most first. */
  readonly from: readonly { readonly run_id: string; readonly records: number }[];
}

/** Tasks of a run's tiles as they were judged by what earlier runs of the same output had recorded. */
export type OwedTotals = Readonly<Record<TaskState, number>> & {
  /** Of all these, those that the run had to ask. */
  readonly owed: number;
};

export const NOTHING_HARVESTED: HarvestTotals = { records: 0, jobs: 0, gpu_seconds: 0, from: [] };

/** manifest.json (contract section 3). */
export interface RunManifest {
  readonly schema_version: 1;
  readonly run_id: string;
  readonly dataset: string;
  readonly state: 'complete' | 'cancelled' | 'failed';
  readonly started_at: string;
  readonly ended_at: string;
  readonly inputs: number;
  readonly tasks: number;
  readonly expected: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unfinished: number;
  readonly ignored: Readonly<Record<Ignored, number>>;
  readonly harvest: HarvestTotals;
  /** The run's window ended before everything was asked: `unfinished` tasks are owed by a later run. */
  readonly window_ended: boolean;
  /** What the run found owed when it began, by why; null where nobody looked. */
  readonly owed: OwedTotals | null;
  readonly missing: readonly string[];
  readonly parts: readonly Part[];
  /** Of what was recorded, for later runs; below the output's prefix. */
  readonly index: readonly IndexPart[];
}

/** @returns whether a run that is closed in good order may lack records of tasks. */
export function mayLackRecords({ state, window_ended: ended }: Pick<RunManifest, 'state' | 'window_ended'>): boolean {
  return state === 'cancelled' || ended;
}

import { harvestedFrom } from './harvest.ts';
import type { RecordPlace } from './merge-order.ts';
import type { TileRecord } from './record.ts';
import type { TaskKind } from './spec.ts';

/** The current view of an output: the newest good record of every tile and task, however many runs it took. */

/** A part as the pointer names it. Nobody changes it any more. */
export interface CurrentPart {
  readonly uri: string;
  /** Below `current/`. */
  readonly path: string;
  readonly kind: TaskKind;
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
  /** Lines by task id. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly first: RecordPlace;
  readonly last: RecordPlace;
}

/** A run whose records the view has seen. */
export interface SeenRun {
  readonly run_id: string;
  /** ISO 8601. */
  readonly started_at: string;
}

/** `current/pointer/current.json`: the one object that is ever replaced. */
export interface CurrentView {
  readonly schema_version: 1;
  /** Counts the switches. */
  readonly generation: number;
  readonly updated_at: string;
  readonly records: number;
  /** In the order in which they began. */
  readonly runs: readonly SeenRun[];
  /** By folder, in the order of their lines. */
  readonly parts: readonly CurrentPart[];
}

export const EMPTY_VIEW: CurrentView = { schema_version: 1, generation: 0, updated_at: '', records: 0, runs: [], parts: [] };

/** What decides between two records of the same place. */
export interface Standing {
  readonly run_id: string;
  readonly record_id: string;
  readonly createdAtMs: number;
  /** When it was known last to be the answer: when it was made, or when the run that took it over began. */
  readonly sinceMs: number;
  readonly takenOver: boolean;
}

type Dated = Pick<TileRecord, 'run_id' | 'record_id' | 'created_at' | 'warnings'>;

/** @param startedAtMs of the run that has the record. */
export function standingOf(record: Dated, startedAtMs: number): Standing {
  const { run_id, record_id } = record;
  const createdAtMs = Date.parse(record.created_at) || 0;
  const sinceMs = Math.max(createdAtMs, startedAtMs);
  return { run_id, record_id, createdAtMs, sinceMs, takenOver: harvestedFrom(record) !== null };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Of two records of the same place the later one is newer; of two at once the one that was not taken over, then that of
 * the smaller run id. A strict order, so that it does not matter in which order records are compared.
 */
export function isNewer(a: Standing, b: Standing): boolean {
  const order =
    a.sinceMs - b.sinceMs ||
    Number(b.takenOver) - Number(a.takenOver) ||
    compareText(b.run_id, a.run_id) ||
    compareText(b.record_id, a.record_id);
  return order > 0;
}

function isSameAnswer(a: Standing, b: Standing): boolean {
  return a.record_id === b.record_id && a.createdAtMs === b.createdAtMs;
}

/** @returns whether a record takes the place of another in the view. A copy of the same answer does not. */
export function takesThePlaceOf(candidate: Standing, holder: Standing): boolean {
  return isSameAnswer(candidate, holder) ? holder.takenOver && !candidate.takenOver : isNewer(candidate, holder);
}

function compareRuns(a: SeenRun, b: SeenRun): number {
  return Date.parse(a.started_at) - Date.parse(b.started_at) || compareText(a.run_id, b.run_id);
}

/** @returns the runs of both, each once, in the order in which they began. */
export function seenRuns(seen: readonly SeenRun[], more: readonly SeenRun[]): SeenRun[] {
  const byId = new Map([...seen, ...more].map(({ run_id, started_at }) => [run_id, { run_id, started_at }]));
  return [...byId.values()].toSorted(compareRuns);
}

/**
 * Runs that may have said of an answer that it still holds, after `run` had another one. The view does not write an
 * answer anew that it has already, so that only these runs themselves know.
 */
export function seenSince(seen: readonly SeenRun[], run: SeenRun): SeenRun[] {
  const began = Date.parse(run.started_at);
  return seen.filter(({ run_id, started_at }) => run_id !== run.run_id && Date.parse(started_at) >= began);
}

import { standingOf, type SeenRun, type Standing } from '../domain/current.ts';
import type { RecordPlace } from '../domain/merge-order.ts';
import type { TileRecord } from '../domain/record.ts';

/** A line of a run or of the view: what is decided by, and its bytes as they stand. */
export interface Line extends RecordPlace, Standing {
  readonly ok: boolean;
  /** Without its line feed. */
  readonly bytes: Uint8Array;
}

/** When runs began, wall clock ms; 0 for one that is not known. */
export type StartOf = (runId: string) => number;

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TEXTS = ['bucket', 'key', 'task_id', 'run_id', 'record_id', 'created_at'] as const satisfies readonly (keyof TileRecord)[];

/** @returns a record of which everything is there that decides. @throws TypeError, SyntaxError where it is none */
function recordOf(bytes: Uint8Array): TileRecord {
  const record = JSON.parse(DECODER.decode(bytes)) as TileRecord | null;
  if (record === null || !Array.isArray(record.warnings) || TEXTS.some((field) => typeof record[field] !== 'string'))
    throw new TypeError('not a record');
  return record;
}

/** @throws TypeError, SyntaxError where the bytes are no record. */
export function lineOf(bytes: Uint8Array, startOf: StartOf): Line {
  const record = recordOf(bytes);
  const { bucket, key, task_id } = record;
  return { bucket, key, task_id, ...standingOf(record, startOf(record.run_id)), ok: record.status === 'ok', bytes };
}

/** @returns a line that holds on to nothing but itself: not to what it was read with. */
export function detached(line: Line): Line {
  return { ...line, bytes: line.bytes.slice() };
}

/** @returns when these runs began. */
export function startsOf(runs: readonly SeenRun[]): StartOf {
  const starts = new Map(runs.map(({ run_id, started_at }) => [run_id, Date.parse(started_at) || 0]));
  return (runId) => starts.get(runId) ?? 0;
}

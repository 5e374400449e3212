import type { ErrorCode } from './errors.ts';
import type { RecordPlace } from './merge-order.ts';
import type { TileRecord } from './record.ts';

/** A record as the index of its run has it: enough to tell what a later run need not ask. */
export interface IndexLine extends RecordPlace {
  readonly etag: string | null;
  /** Null where there is an answer. */
  readonly code: ErrorCode | null;
  /** `created_at`, wall clock ms. */
  readonly at: number;
}

/** @returns the line of a record. */
export function indexLineOf(record: TileRecord): IndexLine {
  const { key, bucket, task_id, etag, error_code: code, created_at } = record;
  return { key, bucket, task_id, etag, code, at: Date.parse(created_at) };
}

/** Where a line stands, without the task: what decides whether a part of an index has to be read. */
export interface TileBound {
  readonly key: string;
  readonly bucket: string;
}

/** The first and the last tile of some lines. */
export interface TileBounds {
  readonly first: TileBound;
  readonly last: TileBound;
}

/** A part of a run's index as manifest.json names it. */
export interface IndexPart extends TileBounds {
  /** Below the output's prefix. */
  readonly path: string;
  /** Which range of the run. */
  readonly range: number;
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
}

import type { RunManifest } from './run.ts';
import type { TileRecord } from './record.ts';

/** Records by what they say; a `cancelled` error record is a task that did not end, not one that failed. */
export interface Counted {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
}

export const NOTHING_COUNTED: Counted = { ok: 0, failed: 0, skipped: 0, cancelled: 0 };

/** @returns under which heading a record is counted. */
export function countedAs(record: Pick<TileRecord, 'status' | 'error_code'>): keyof Counted {
  return record.error_code === 'cancelled' ? 'cancelled' : record.status;
}

/** @returns the sum of both. */
export function addCounted(a: Counted, b: Counted): Counted {
  return {
    ok: a.ok + b.ok,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    cancelled: a.cancelled + b.cancelled,
  };
}

/** What a run owes and how it ended. */
export interface Owed {
  readonly inputs: number;
  readonly tasks: number;
  readonly state: 'complete' | 'cancelled';
  /** Its window ended before everything was asked: what is left is owed by a later run. */
  readonly cut?: true;
}

/** What the merges looked for in vain, and what they found twice. */
export interface Flaws {
  readonly missing: number;
  readonly duplicates: number;
}

/** Totals of manifest.json. `expected = ok + failed + skipped + unfinished` in every state but `failed`. */
export type Balance = Pick<RunManifest, 'state' | 'inputs' | 'tasks' | 'expected' | 'ok' | 'failed' | 'skipped' | 'unfinished'>;

/**
 * Double entry: what was asked against what was written. A complete run in which they differ is `failed`, and its
 * totals show by how much; in a cancelled run the difference is what nobody ended.
 */
export function balance(owed: Owed, counted: Counted, flaws: Flaws): Balance {
  const { inputs, tasks } = owed;
  const { ok, failed, skipped } = counted;
  const expected = inputs * tasks;
  const open = expected - ok - failed - skipped;
  const totals = { inputs, tasks, expected, ok, failed, skipped };
  if (owed.state === 'cancelled') return { state: 'cancelled', ...totals, unfinished: open };
  const left = owed.cut === true ? flaws.missing + counted.cancelled : 0;
  const holds = open === left && flaws.duplicates === 0 && (owed.cut === true || flaws.missing === 0);
  return { state: holds ? 'complete' : 'failed', ...totals, unfinished: holds ? open : 0 };
}

import { createHash } from 'node:crypto';
import { addCounted, countedAs, NOTHING_COUNTED } from '../../domain/balance.ts';
import { PATHS } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Merged, Part, RunRef } from '../../domain/run.ts';
import { RUN } from '../report/fixture.ts';
import type { MemoryStore } from '../support/memory-store.ts';

export const REF: RunRef = { runId: RUN.runId, bucket: 'results', prefix: 'harbours/run=harbours-1/' };

/** Puts an object of the run where anything may be. @returns what a manifest says of it. */
export function put(store: MemoryStore, path: string, text: string): Part {
  store.overwrite({ bucket: REF.bucket, key: REF.prefix + path }, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { path, bytes: Buffer.byteLength(text), lines: text.split('\n').length - 1, sha256 };
}

function layParts(store: MemoryStore, range: number, records: readonly TileRecord[]): Part[] {
  const pathOf = ({ status, kind }: TileRecord) => (status === 'ok' ? PATHS.recordPart(kind, range) : PATHS.errorPart(range));
  const linesOf = (path: string) => records.filter((record) => pathOf(record) === path).map((record) => JSON.stringify(record));
  const paths = [...new Set(records.map(pathOf))].toSorted((a, b) => (a < b ? -1 : 1));
  return paths.map((path) => put(store, path, `${linesOf(path).join('\n')}\n`));
}

/** A range that has been merged: what came of it. */
export interface MergedRange {
  readonly range: number;
  readonly records: readonly TileRecord[];
  readonly missing?: readonly string[];
}

/** Lays out what the merge of a range would have left. */
export function layMerged(store: MemoryStore, { range, records, missing = [] }: MergedRange): void {
  const parts = layParts(store, range, records);
  const counted = records.map((record) => ({ ...NOTHING_COUNTED, [countedAs(record)]: 1 })).reduce(addCounted, NOTHING_COUNTED);
  const flaws = { missing, missing_count: missing.length, duplicates: 0 };
  const merged: Merged = { schema_version: 1, range, parts, ...flaws, counted };
  put(store, PATHS.merged(range), JSON.stringify(merged));
}

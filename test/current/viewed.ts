import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { compareRecords } from '../../domain/merge-order.ts';
import type { CurrentView } from '../../domain/current.ts';
import type { TileRecord } from '../../domain/record.ts';
import { TASK_KINDS } from '../../domain/spec.ts';
import type { MemoryStore } from '../support/memory-store.ts';

/** @returns the pointer of an output; null where there is none. @param output `s3://bucket/prefix/` */
export function pointerOf(store: MemoryStore, output: string): CurrentView | null {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/u.exec(output) ?? [];
  if (!store.keys(bucket, prefix).includes(`${prefix}current/pointer/current.json`)) return null;
  const text = store.text(`${output}current/pointer/current.json`);
  expect(text.indexOf('\n')).toBe(text.length - 1);
  return JSON.parse(text) as CurrentView;
}

/** Reads a version of the view as a stranger would, and checks all that a pointer promises. */
export function recordsOf(store: MemoryStore, view: CurrentView): TileRecord[] {
  const records = view.parts.flatMap((part) => {
    const text = store.text(part.uri);
    expect(text.endsWith('\n')).toBe(true);
    const lines = text.split('\n').slice(0, -1);
    const found = lines.map((line) => JSON.parse(line) as TileRecord);
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(part).toMatchObject({ lines: lines.length, bytes: Buffer.byteLength(text), sha256 });
    expect(part.uri.endsWith(`/current/${part.path}`) && part.path.startsWith(`${TASK_KINDS[part.kind].folder}/`)).toBe(true);
    expect([found.at(0), found.at(-1)]).toMatchObject([part.first, part.last]);
    expect(Object.values(part.tasks).reduce((sum, count) => sum + count, 0)).toBe(part.lines);
    return found;
  });
  for (const folder of new Set(records.map(({ kind }) => TASK_KINDS[kind].folder))) {
    const own = records.filter(({ kind }) => TASK_KINDS[kind].folder === folder);
    expect(own.slice(1).every((record, at) => compareRecords(own[at] as TileRecord, record) < 0)).toBe(true);
  }
  expect(view.records).toBe(records.length);
  return records;
}

/** What readers see of an output: which runs, and the newest records. */
export function viewed(store: MemoryStore, output: string): { runs: string[]; records: TileRecord[] } | null {
  const view = pointerOf(store, output);
  if (view === null) return null;
  return { runs: view.runs.map(({ run_id }) => run_id), records: recordsOf(store, view) };
}

import type { CallLine, Intent, LogHead, SliceLine } from '../../../domain/log.ts';
import { parseLogKey } from '../../../domain/layout.ts';
import { compareRecords } from '../../../domain/merge-order.ts';
import type { TileRecord } from '../../../domain/record.ts';
import { expect } from 'vitest';
import { LOG_PREFIX, type StrandWorld } from './strand-world.ts';

function linesOf<Line>(world: StrandWorld, key: string): Line[] {
  const lines = world.store.text(`s3://bucket/${key}`).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

/** A log object with its first line read. */
export interface LogEntry {
  readonly head: LogHead;
  readonly rest: readonly unknown[];
}

/** @returns the log's objects in their order, without the calls. */
export function logOf(world: StrandWorld): LogEntry[] {
  const keys = world.store.keys('bucket', LOG_PREFIX).filter((key) => parseLogKey(key)?.k === null);
  return keys.map((key) => {
    const [head, ...rest] = linesOf<LogHead>(world, key);
    if (head === undefined) throw new Error(`${key} is empty`);
    return { head, rest };
  });
}

/** @returns every intent that was ever written, with the object it stands in. */
export function intentsOf(world: StrandWorld): (Intent & { readonly n: number; readonly beganAtMs: number })[] {
  return logOf(world).flatMap(({ head, rest }) =>
    head.kind === 'intents' ? (rest as Intent[]).map((intent) => ({ ...intent, n: head.n, beganAtMs: head.began_at_ms })) : [],
  );
}

/** @returns what the calls objects say, with the intents object they stand beside. */
export function callsOf(world: StrandWorld): (CallLine & { readonly n: number; readonly k: number })[] {
  const keys = world.store.keys('bucket', LOG_PREFIX).filter((key) => typeof parseLogKey(key)?.k === 'number');
  return keys.flatMap((key) => {
    const [, ...lines] = linesOf<CallLine>(world, key);
    const at = parseLogKey(key);
    return lines.map((line) => ({ ...line, n: at?.n ?? 0, k: at?.k ?? 0 }));
  });
}

/** @returns the records that a merge would take: those of the slices that the last slice's state names. */
export function recordsOf(world: StrandWorld): TileRecord[] {
  const slices = logOf(world).filter(({ head }) => head.kind === 'slice');
  const last = slices.at(-1)?.head;
  if (last?.kind !== 'slice') return [];
  return Object.entries(last.state.slices).flatMap(([range, ns]) =>
    ns.flatMap((n) => {
      const lines = (slices.find(({ head }) => head.n === n)?.rest ?? []) as SliceLine[];
      const records = lines.filter((line) => line.range === Number(range)).map(({ record }) => record);
      expect(records).toEqual(records.toSorted(compareRecords));
      return records;
    }),
  );
}

/** @returns tile and task of each record, in order. */
export function recorded(world: StrandWorld): string[] {
  return recordsOf(world)
    .map(({ key, task_id }) => `${key}#${task_id}`)
    .toSorted();
}

/** P1, P2 and P4 of one strand: each tile and task has one record, and the service never had more jobs than allowed. */
export function expectKept(world: StrandWorld): void {
  expect(recorded(world)).toEqual(world.everything);
  expect(world.service.peak).toBeLessThanOrEqual(world.ceiling.jobs);
}

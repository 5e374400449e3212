import type { TileRecord } from '../domain/record.ts';
import { TASK_KINDS } from '../domain/spec.ts';

export const STATUSES = ['ok', 'failed', 'skipped'] as const satisfies readonly TileRecord['status'][];

/** Which records are wanted; all where nothing is said. */
export interface Selection {
  readonly task?: string | undefined;
  readonly status?: TileRecord['status'] | undefined;
}

const ERRORS = 'errors';
/** Parts of a current view have a longer number. */
const PART = /^([a-z]+)\/part-\d+(?:-[0-9a-f]+)*\.jsonl$/u;
const GOOD: readonly string[] = Object.values(TASK_KINDS).map(({ folder }) => folder);

/** @returns whether a part holds records, and can hold some that are wanted. */
export function mayHold(path: string, { status }: Selection): boolean {
  const folder = PART.exec(path)?.[1] ?? '';
  if (folder === ERRORS) return status !== 'ok';
  return GOOD.includes(folder) && (status === undefined || status === 'ok');
}

/** @returns whether a record is wanted. */
export function isWanted(record: Pick<TileRecord, 'task_id' | 'status'>, { task, status }: Selection): boolean {
  return (task === undefined || record.task_id === task) && (status === undefined || record.status === status);
}

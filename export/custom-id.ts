import type { TileRecord } from '../domain/record.ts';

/**
 * What a line of an export is joined by. `record_id` alone is the same for two tasks that ask the same question.
 *
 * @returns `<task_id>:<record_id>`: once in a run, and the same for the same task about the same object in every run.
 */
export function customId({ task_id: task, record_id: id }: Pick<TileRecord, 'task_id' | 'record_id'>): string {
  return `${task}:${id}`;
}

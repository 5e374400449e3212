import type { CurrentPart, CurrentView } from '../domain/current.ts';
import { grouped, quantity } from '../domain/quantity.ts';
import { sum } from '../domain/units.ts';
import { tableLines } from './text-table.ts';

/** Records of one task in one folder. */
export interface TaskRecords {
  readonly task_id: string;
  readonly folder: string;
  readonly records: number;
}

function folderOf({ path }: CurrentPart): string {
  return path.slice(0, path.indexOf('/') + 1);
}

/** @returns how many records there are of each task, in the order in which the parts have them. */
export function taskRecords(parts: CurrentView['parts']): TaskRecords[] {
  const counts = new Map<string, TaskRecords>();
  for (const part of parts) {
    for (const [task_id, count] of Object.entries(part.tasks)) {
      const folder = folderOf(part);
      const name = folder + task_id;
      counts.set(name, { task_id, folder, records: (counts.get(name)?.records ?? 0) + count });
    }
  }
  return [...counts.values()];
}

export function bytesOf(parts: readonly { readonly bytes: number }[]): number {
  return sum(parts.map(({ bytes }) => bytes));
}

/** @returns a view as people read it. */
export function viewLines(uri: string, view: CurrentView): string[] {
  const { records, runs, parts, generation, updated_at } = view;
  const size = `${quantity(parts.length, 'part', grouped)}, ${grouped(bytesOf(parts))} bytes`;
  const head = `${uri}: ${quantity(records, 'record', grouped)} of ${quantity(runs.length, 'run', grouped)} in ${size}`;
  const rows = taskRecords(parts).map((one) => [one.task_id, one.folder, grouped(one.records)]);
  const table = rows.length === 0 ? [] : tableLines([['TASK', 'FOLDER', 'RECORDS'], ...rows]);
  const last = runs.at(-1);
  const began = last === undefined ? '' : `; the run that began last is ${last.run_id} (${last.started_at})`;
  return [head, ...table.map((line) => `  ${line}`), `generation ${grouped(generation)}, since ${updated_at}${began}`];
}

/** @returns a view as `--json` has it. */
export function viewDocument(uri: string, view: CurrentView): object {
  const { generation, updated_at, records, runs, parts } = view;
  return { uri, generation, updated_at, records, bytes: bytesOf(parts), parts: parts.length, tasks: taskRecords(parts), runs };
}

import { PATHS } from '../domain/layout.ts';
import { NOTHING_COUNTED } from '../domain/balance.ts';
import { ownField } from '../schema/json-object.ts';
import type { Difference } from './differences.ts';
import { recounted, type Closing } from './totals.ts';

function differs(message: string): Difference {
  return { kind: 'report', path: PATHS.reportJson, line: null, message };
}

function fieldDifferences(found: unknown, must: object, within: string): Difference[] {
  return Object.entries(must)
    .filter(([name, value]) => ownField(found, name) !== value)
    .map(([name, value]) =>
      differs(`${within}${name} is ${JSON.stringify(ownField(found, name))}, expected ${JSON.stringify(value)}.`),
    );
}

function rowsBy(report: unknown, list: string, name: string): Map<unknown, unknown> {
  const rows = ownField(report, list);
  return new Map((Array.isArray(rows) ? (rows as unknown[]) : []).map((row) => [ownField(row, name), row]));
}

function taskDifferences(report: unknown, { run, recount }: Closing): Difference[] {
  const rows = rowsBy(report, 'by_task', 'task_id');
  return run.spec.tasks.flatMap(({ id }) =>
    fieldDifferences(rows.get(id), recount.tasks.get(id) ?? NOTHING_COUNTED, `by_task ${id}: `),
  );
}

function errorDifferences(report: unknown, { recount }: Closing): Difference[] {
  const rows = rowsBy(report, 'errors', 'code');
  const codes = new Set([...rows.keys(), ...recount.errors.keys()]);
  return [...codes].flatMap((code) => {
    const count = [...recount.errors].find(([known]) => known === code)?.[1] ?? 0;
    return fieldDifferences(rows.get(code), { count }, `errors ${String(code)}: `);
  });
}

/** @param report null where it is not there or cannot be read, which is told elsewhere. */
export function reportDifferences(report: unknown, closing: Closing): Difference[] {
  if (report === null) return [];
  const { run_id, dataset, state, started_at, ended_at } = closing.manifest;
  return [
    ...fieldDifferences(report, { run_id, dataset, state, started_at, ended_at }, ''),
    ...fieldDifferences(ownField(report, 'totals'), recounted(closing), 'totals: '),
    ...taskDifferences(report, closing),
    ...errorDifferences(report, closing),
  ];
}

import { createHash } from 'node:crypto';
import { compareRecords } from '../../domain/merge-order.ts';
import type { TileRecord } from '../../domain/record.ts';
import { RECORD } from '../../schema/record.ts';
import type { RunOutput } from './run-reader.ts';

/** P1 to P3: what a run's output promises and does not keep, one sentence each. */

function recordFaults(records: readonly TileRecord[]): string[] {
  return records.flatMap((record) => {
    const { success, error } = RECORD.safeParse(record);
    return success ? [] : [`${record.key}#${record.task_id} is no record: ${error.message}`];
  });
}

function onceFaults({ inputs, records }: RunOutput, tasks: readonly string[]): string[] {
  const name = (bucket: string, key: string, task: string): string => `${bucket}/${key}#${task}`;
  const counts = new Map(inputs.flatMap(({ bucket, key }) => tasks.map((task) => [name(bucket, key, task), 0])));
  for (const { bucket, key, task_id: task } of records) {
    const one = name(bucket, key, task);
    counts.set(one, (counts.get(one) ?? 100) + 1);
  }
  return [...counts].filter(([, count]) => count !== 1).map(([one, count]) => `${one} has ${count} records`);
}

function balanceFaults({ manifest, records, inputs }: RunOutput, tasks: readonly string[]): string[] {
  const count = (status: TileRecord['status']): number => records.filter((record) => record.status === status).length;
  const { ok, failed, skipped, expected, unfinished } = manifest;
  const counted = { inputs: inputs.length, ok: count('ok'), failed: count('failed'), skipped: count('skipped') };
  const said = { inputs: manifest.inputs, ok, failed, skipped };
  const differs = JSON.stringify(counted) !== JSON.stringify(said);
  const unequal = expected !== inputs.length * tasks.length || expected !== ok + failed + skipped + unfinished;
  return [
    ...(differs ? [`manifest.json says ${JSON.stringify(said)}, the parts ${JSON.stringify(counted)}`] : []),
    ...(unequal ? [`the balance does not hold: ${JSON.stringify(manifest)}`] : []),
  ];
}

function partFaults({ manifest, files, paths }: RunOutput): string[] {
  const parts = paths.filter((path) => /^(?:captions|answers|errors)\//u.test(path));
  const listed = manifest.parts.map(({ path }) => path);
  const wrong = manifest.parts.flatMap(({ path, bytes, lines, sha256 }) => {
    const file = files.get(path) ?? new Uint8Array();
    const text = Buffer.from(file).toString('utf8').split('\n').slice(0, -1);
    const records = text.map((line) => JSON.parse(line) as TileRecord);
    const sorted = records.toSorted(compareRecords);
    const right =
      file.byteLength === bytes && text.length === lines && createHash('sha256').update(file).digest('hex') === sha256;
    const ordered = records.every((record, at) => record === sorted[at]);
    return [...(right ? [] : [`${path} is not as manifest.json says`]), ...(ordered ? [] : [`${path} is not sorted`])];
  });
  return parts.toSorted().join() === listed.toSorted().join()
    ? wrong
    : [...wrong, `parts are ${parts.join()}, listed ${listed.join()}`];
}

/** Promises P1 to P3 of a run that is complete: one record for every tile and task, none twice, nothing torn. */
export function outputFaults(run: RunOutput, tasks: readonly string[]): string[] {
  const success = run.files.get('_SUCCESS');
  return [
    ...(run.manifest.state === 'complete' ? [] : [`the state is ${run.manifest.state}`]),
    ...(success?.byteLength === 0 ? [] : ['there is no empty _SUCCESS']),
    ...recordFaults(run.records),
    ...onceFaults(run, tasks),
    ...balanceFaults(run, tasks),
    ...partFaults(run),
  ];
}

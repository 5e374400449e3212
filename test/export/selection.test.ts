import { describe, expect, it } from 'vitest';
import { isWanted, mayHold } from '../../export/selection.ts';

const PATHS = [
  'captions/part-00000.jsonl',
  'answers/part-00001.jsonl',
  'captions/part-00000012-00000-5f0c91ab23de.jsonl',
  'errors/part-00000.jsonl',
];
const OTHERS = ['manifest/part-00000.jsonl', 'report.json', '_work/captions/part-00000.jsonl', '../captions/part-00000.jsonl'];

describe('which records are wanted', () => {
  it.each([
    [undefined, PATHS],
    ['ok', PATHS.slice(0, 3)],
    ['failed', PATHS.slice(3)],
    ['skipped', PATHS.slice(3)],
  ] as const)('with status %s only the parts that may hold some are read', (status, paths) => {
    expect([...PATHS, ...OTHERS].filter((path) => mayHold(path, { status }))).toEqual(paths);
  });

  it.each([
    [{}, true],
    [{ task: 'ships' }, true],
    [{ task: 'caption' }, false],
    [{ status: 'failed' }, true],
    [{ status: 'skipped' }, false],
    [{ task: 'ships', status: 'ok' }, false],
  ] as const)('%j of a failed record of ships: %s', (selection, wanted) => {
    expect(isWanted({ task_id: 'ships', status: 'failed' }, selection)).toBe(wanted);
  });
});

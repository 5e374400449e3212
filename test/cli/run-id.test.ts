import { expect, it } from 'vitest';
import { checkedRunId, newRunId } from '../../cli/run-id.ts';
import { runFolder } from '../../cli/run-output.ts';
import { runTarget } from '../../cli/run-target.ts';

const NOW_MS = Date.parse('2026-01-02T03:04:05.678Z');

it('a run id is the dataset, the time in UTC and four random characters', () => {
  expect(newRunId('harbours', NOW_MS, () => 0)).toBe('harbours-20260102T030405Z-aaaa');
  expect(newRunId('harbours', NOW_MS, () => 0.999)).toBe('harbours-20260102T030405Z-9999');
  expect(checkedRunId(newRunId('harbours', NOW_MS, Math.random))).toMatch(/^harbours-20260102T030405Z-[a-z0-9]{4}$/u);
});

it.each(['', '/a', '../a', 'a b', '-a', 'ä', 'a'.repeat(201)])('%j is refused as a run id', (id) => {
  expect(() => checkedRunId(id)).toThrow('cannot be part of a key');
});

it.each([
  ['s3://results/harbours/run=h-1/', 'h-1', 'harbours/run=h-1/'],
  ['s3://results/run=h-1', 'h-1', 'run=h-1/'],
])('%s names a run', (uri, runId, prefix) => {
  expect(runFolder(uri)).toEqual({ runId, place: { bucket: 'results', prefix } });
  expect(runTarget(uri)).toEqual({ runId, uri: `s3://results/${prefix}` });
});

it('anything else is a run id, or is refused', () => {
  expect(runTarget('h-1')).toEqual({ runId: 'h-1', uri: null });
  expect(() => runTarget('s3://results/harbours/')).toThrow('is not the address of a run');
});

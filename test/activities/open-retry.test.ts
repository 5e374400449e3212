import { expect, it } from 'vitest';
import { open, SPEC, RUN_JSON } from './open-run-fixture.ts';
import { images } from './run-fixture.ts';

const RETRY = { retry: { run: 'h-0' } };
const ENDED = 's3://results/o/run=h-0/manifest.json';
const MANIFEST = {
  schema_version: 1,
  run_id: 'h-0',
  dataset: 'harbours',
  state: 'complete',
  started_at: '2026-01-01T00:00:00Z',
  ended_at: '2026-01-01T01:00:00Z',
  inputs: 1,
  tasks: 1,
  expected: 1,
  ok: 0,
  failed: 1,
  skipped: 0,
  unfinished: 0,
  ignored: { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 },
  missing: [],
  parts: [],
};

it('a retry of a run that is not there is refused before anything is written', async () => {
  const s3 = images('t/a.tif');
  await expect(open(s3, { spec: RETRY })).rejects.toMatchObject({ kind: 'NotFound' });
  expect(s3.keys('results')).toEqual([]);
});

it('so is one of a run that goes on', async () => {
  const s3 = images('t/a.tif').fill('results', ['o/run=h-0/run.json'], '{}');
  await expect(open(s3, { spec: RETRY })).rejects.toThrow(`that run has not ended (${ENDED} is not there)`);
  expect(s3.keys('results')).toEqual(['o/run=h-0/run.json']);
});

it('a retry is opened also where the list that named the tiles is gone, and run.json says what is retried', async () => {
  const s3 = images().fill('results', ['o/run=h-0/manifest.json'], JSON.stringify(MANIFEST));
  await open(s3, { spec: { input: { uri: 's3://images/list.jsonl' }, ...RETRY } });
  expect(JSON.parse(s3.text(RUN_JSON))).toMatchObject({ spec: { ...RETRY, dataset: SPEC.dataset } });
});

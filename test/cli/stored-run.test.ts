import { describe, expect, it } from 'vitest';
import { harvestLines, partLines } from '../../cli/conclusion.ts';
import { sampleCaptions } from '../../cli/demo-keepsake.ts';
import type { RunOutput } from '../../cli/run-output.ts';
import { readStoredStatus, statusFromManifest } from '../../cli/stored-run.ts';
import { NOTHING_HARVESTED, type RunManifest } from '../../domain/run.ts';

const PARTS = ['captions/part-00000.jsonl', 'captions/part-00001.jsonl', 'errors/part-00001.jsonl'];
const MANIFEST: RunManifest = {
  schema_version: 1,
  run_id: 'h-1',
  dataset: 'harbours',
  state: 'cancelled',
  started_at: '2026-01-02T03:00:00.000Z',
  ended_at: '2026-01-02T04:00:00.000Z',
  inputs: 10,
  tasks: 1,
  expected: 10,
  ok: 6,
  failed: 1,
  skipped: 1,
  unfinished: 2,
  ignored: { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 },
  harvest: NOTHING_HARVESTED,
  window_ended: false,
  owed: null,
  index: [],
  missing: [],
  parts: PARTS.map((path) => ({ path, bytes: 1, lines: 3, sha256: 'x' })),
};

describe('a run that Temporal has forgotten', () => {
  it('has the status that its manifest and its report tell', () => {
    const example = { uri: 's3://imagery/a.tif', message: 'cut off' };
    const clusters = [{ service: null, count: 1, text: 'cut off', example }, 'noise', { count: 1 }];
    const report = { errors: [{ code: 'decode_failed', count: 1, clusters }, { code: 'cancelled', count: 2 }, 'noise'] };
    expect(statusFromManifest(MANIFEST, 's3://results/run=h-1/', report)).toMatchObject({
      run_id: 'h-1',
      state: 'cancelled',
      expected: 10,
      ok: 6,
      errors: { decode_failed: 1, cancelled: 2 },
      fingerprints: [{ service: null, code: 'decode_failed', count: 1, text: 'cut off', example }],
      ranges: { done: 2, total: 2 },
      output: 's3://results/run=h-1/',
    });
  });

  it('is named by the object that tells nothing, where that is damaged', async () => {
    const output: Partial<RunOutput> = { uri: 's3://results/run=h-1/', text: async () => 'garbage' };
    await expect(readStoredStatus(output as RunOutput)).rejects.toThrow(
      "s3://results/run=h-1/manifest.json is not JSON: Unexpected token 'g'; expected it as tilescribe writes it.",
    );
  });

  it('has no errors by code where the report is not there', () => {
    expect(statusFromManifest(MANIFEST, 's3://results/run=h-1/', null).errors).toEqual({});
  });
});

it('parts are shown by folder', () => {
  expect(partLines(MANIFEST.parts)).toEqual(['  captions/part-*.jsonl (2 parts)  6 lines', '  errors/part-00001.jsonl  3 lines']);
});

it('sample captions come from the length of a part, fit for a terminal', () => {
  const lines = Array.from({ length: 100 }, (_, n) => JSON.stringify({ key: `${n}\u001B[2J.tif`, text: `tile ${n}` }));
  expect(sampleCaptions(lines)).toEqual([31, 55, 73].map((n) => ({ key: `${n}.tif`, text: `tile ${n}` })));
  expect(sampleCaptions([])).toEqual([]);
});

describe('what a harvest saved', () => {
  it('is one line, and none where it saved nothing', () => {
    expect(harvestLines(NOTHING_HARVESTED)).toEqual([]);
    const from = [{ run_id: 'h-0', records: 1_200 }];
    expect(harvestLines({ records: 1_000, jobs: 1_200, gpu_seconds: 90.4, from })).toEqual([
      'harvested: 1,200 jobs were not asked again, since run h-0 had; about 90 GPU seconds saved',
    ]);
    expect(harvestLines({ records: 1, jobs: 1, gpu_seconds: 0.2, from: [...from, ...from] })).toEqual([
      'harvested: 1 job was not asked again, since 2 earlier runs had; about 0 GPU seconds saved',
    ]);
  });
});

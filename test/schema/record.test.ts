import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../domain/tile.ts';
import type { TileRecord } from '../../domain/record.ts';
import { RECORD } from '../../schema/record.ts';

const SHA256 = 'a'.repeat(64);
const SKIPPED: TileRecord = {
  ...NO_FACTS,
  schema_version: 1,
  run_id: 'harbours-1',
  record_id: SHA256,
  request_sha256: null,
  dataset: 'harbours',
  task_id: 'caption',
  kind: 'caption',
  status: 'skipped',
  error_code: 'empty_tile',
  error_message: 'Nothing in the tile is valid.',
  bucket: 'imagery',
  key: 'tiles/a.tif',
  uri: 's3://imagery/tiles/a.tif',
  file_name: 'a.tif',
  etag: 'e',
  version_id: null,
  service: 'caption',
  model: 'm',
  prompt: 'Describe.',
  max_tokens: 512,
  temperature: 0.7,
  text: null,
  value: null,
  finish_reason: null,
  suspect_truncated: null,
  completion_tokens: null,
  call_id: null,
  attempts: 0,
  latency_ms: null,
  result: null,
  warnings: [],
  created_at: '2026-01-02T03:04:05.678Z',
};

describe('a record line', () => {
  it('holds every field of the contract, null where unknown', () => {
    expect(RECORD.parse(SKIPPED)).toEqual(SKIPPED);
  });

  it.each(Object.keys(SKIPPED))('is not one without %s', (field) => {
    const rest = Object.fromEntries(Object.entries(SKIPPED).filter(([name]) => name !== field));
    expect(RECORD.safeParse(rest).success).toBe(false);
  });

  it.each([{ more: 1 }, { error_code: 'unheard_of' }, { kind: 'toString' }, { attempts: -1 }, { bbox: [1, 2, 3] }])(
    'is not one with %j',
    (change) => {
      expect(RECORD.safeParse({ ...SKIPPED, ...change }).success).toBe(false);
    },
  );
});

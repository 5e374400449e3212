import type { TileRecord } from '../../domain/record.ts';
import type { Run } from '../../domain/run.ts';
import type { TaskSpec } from '../../domain/spec.ts';
import { NO_FACTS, PREP_VERSION } from '../../domain/tile.ts';

const { warnings: _warnings, ...FACTS } = NO_FACTS;

export const CAPTION: TaskSpec = {
  id: 'caption',
  kind: 'caption',
  prompt: 'Describe this satellite image in detail.',
  maxTokens: 512,
  temperature: 0.7,
  answer: null,
  service: 'caption',
};

export const SHIPS: TaskSpec = {
  id: 'ships',
  kind: 'vqa',
  prompt: 'How many ships are visible?',
  maxTokens: 128,
  temperature: 0,
  answer: { type: 'integer' },
  service: 'vqa',
};

/** A run of two lanes over `tiles` of bucket `imagery`, written to bucket `results`. */
export const RUN: Run = {
  runId: 'harbours-1',
  spec: {
    dataset: 'harbours',
    input: { uri: 's3://imagery/tiles/', requestPayer: false },
    output: { uri: 's3://results/harbours/' },
    tasks: [CAPTION, SHIPS],
    image: { maxSide: 1024, format: 'jpeg', quality: 85, minValidFraction: 0.05 },
    priority: 'nightly',
    failures: { maxPercent: 20 },
  },
  services: {},
  lanes: [
    { service: 'caption', tasks: [CAPTION], strands: 1 },
    { service: 'vqa', tasks: [SHIPS], strands: 1 },
  ],
  rangeTiles: 25_000,
  startedAt: '2026-03-01T01:00:00.000Z',
  preparation: PREP_VERSION,
};

/** @returns an ok caption record of a tile; whatever is told otherwise is otherwise. */
export function recordOf(over: Partial<TileRecord> = {}): TileRecord {
  const key = over.key ?? 'tiles/a.tif';
  return {
    schema_version: 1,
    run_id: RUN.runId,
    record_id: 'r',
    request_sha256: null,
    dataset: 'harbours',
    task_id: 'caption',
    kind: 'caption',
    status: 'ok',
    error_code: null,
    error_message: null,
    bucket: 'imagery',
    key,
    uri: `s3://${over.bucket ?? 'imagery'}/${key}`,
    file_name: 'a.tif',
    etag: 'e1',
    version_id: null,
    ...FACTS,
    service: 'caption',
    model: 'qwen-caption-special',
    prompt: CAPTION.prompt,
    max_tokens: 512,
    temperature: 0.7,
    text: 'A harbour with two piers.',
    value: null,
    finish_reason: 'stop',
    suspect_truncated: false,
    completion_tokens: 9,
    call_id: 'c1',
    attempts: 1,
    latency_ms: 6_000,
    result: null,
    warnings: [],
    created_at: '2026-03-01T01:02:03.000Z',
    ...over,
  };
}

/** @returns what an answer to {@link SHIPS} has other than a caption. */
export function shipsOf(key: string, over: Partial<TileRecord> = {}): TileRecord {
  const answer = { text: 'There are 3 ships.', value: '3', latency_ms: 900, prompt: SHIPS.prompt };
  return recordOf({ key, task_id: 'ships', kind: 'vqa', service: 'vqa', model: 'qwen-vqa-special', ...answer, ...over });
}

/** @returns what a record without an answer has other than one with. */
export function failedWith(code: NonNullable<TileRecord['error_code']>, message: string): Partial<TileRecord> {
  const status = code === 'empty_tile' ? 'skipped' : 'failed';
  return { status, error_code: code, error_message: message, text: null, value: null, latency_ms: null };
}

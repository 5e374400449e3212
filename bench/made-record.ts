import { createHash } from 'node:crypto';
import type { TileRecord } from '../domain/record.ts';
import { NO_FACTS } from '../domain/tile.ts';

const SENTENCE = 'A harbour with two piers, "one" of them long; several ships lie at anchor outside, and a road leads inland. ';

/** About 1.8 kB, as the caption of a tile with a place is. */
export function recordAt(n: number): TileRecord {
  const id = createHash('sha256').update(String(n)).digest('hex');
  const name = `T32UME_${String(n).padStart(8, '0')}.tif`;
  const [lon, lat] = [(n % 360) - 180, (n % 170) - 85];
  return {
    schema_version: 1,
    run_id: 'bench',
    record_id: id,
    request_sha256: id,
    dataset: 'bench',
    task_id: 'caption',
    kind: 'caption',
    status: 'ok',
    error_code: null,
    error_message: null,
    bucket: 'imagery',
    key: `tiles/2026/03/01/${name}`,
    uri: `s3://imagery/tiles/2026/03/01/${name}`,
    file_name: name,
    etag: id.slice(0, 32),
    version_id: null,
    ...NO_FACTS,
    bbox: [lon, lat, lon + 0.01, lat + 0.01],
    gsd_m: 0.5,
    service: 'caption',
    model: 'qwen-caption-special',
    prompt: 'Describe this satellite image in detail.',
    max_tokens: 512,
    temperature: 0.7,
    text: SENTENCE.repeat(5),
    value: null,
    finish_reason: 'stop',
    suspect_truncated: false,
    completion_tokens: 90,
    call_id: `fc-${n}`,
    attempts: 1,
    latency_ms: 6_000,
    result: null,
    created_at: '2026-03-01T01:02:03.000Z',
  };
}

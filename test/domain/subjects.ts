import { createHash } from 'node:crypto';
import { NO_FACTS, type TileFacts } from '../../domain/tile.ts';
import type { Subject } from '../../domain/recording.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export const SENT: TileFacts = {
  ...NO_FACTS,
  source_bytes: 1_000,
  width: 512,
  height: 512,
  bands: 3,
  dtype: 'uint8',
  format: 'png',
  bbox: [1, 2, 3, 4],
  sent_width: 512,
  sent_height: 512,
  sent_mime: 'image/jpeg',
  sent_bytes: 20_000,
  sent_sha256: 'a'.repeat(64),
  bands_used: [1, 2, 3],
  stretch: 'none',
  valid_fraction: 1,
  image_tokens_estimate: 256,
  warnings: ['no_georeference'],
};

/** A question about a tile that was sent. */
export const SUBJECT: Subject = {
  runId: 'harbours-1',
  dataset: 'harbours',
  image: { maxSide: 1024, format: 'jpeg', quality: 85, minValidFraction: 0.05 },
  task: {
    id: 'ships',
    kind: 'vqa',
    prompt: 'How many ships are visible?',
    maxTokens: 128,
    temperature: 0,
    answer: { type: 'integer' },
    service: 'vqa',
  },
  service: { name: 'vqa', api: 'qwen-vl', model: 'qwen-vqa-special' },
  tile: { bucket: 'imagery', key: 'tiles/é 1.png', etag: 'abc', size: 1_000, last_modified: null, version_id: null },
  facts: SENT,
  attempts: 1,
};

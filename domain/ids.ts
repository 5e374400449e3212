import type { ServiceApi } from './service.ts';
import { canonicalJson, type ImageSpec, type TaskSpec } from './spec.ts';
import { PREP_VERSION, type Tile } from './tile.ts';

/** A question as far as it decides the answer: not the task's name, not the host. */
export interface Asked {
  readonly task: Pick<TaskSpec, 'kind' | 'prompt' | 'maxTokens' | 'temperature' | 'answer'>;
  readonly api: ServiceApi;
  readonly model: string;
  readonly image: ImageSpec;
  /** Of the run that asked; today's where it is not named. */
  readonly preparation?: string;
}

function question({ task, api, model, image, preparation = PREP_VERSION }: Asked): unknown[] {
  const { kind, prompt, maxTokens, temperature, answer } = task;
  const sortedImage: unknown = JSON.parse(canonicalJson(image));
  return [kind, api, model, prompt, maxTokens, temperature, answer, sortedImage, preparation];
}

/** @returns the text whose SHA-256 is the `record_id`: the same question about the same object, in every run. */
export function recordIdText(tile: Pick<Tile, 'bucket' | 'key' | 'etag'>, asked: Asked): string {
  return JSON.stringify(['r1', tile.bucket, tile.key, tile.etag, ...question(asked)]);
}

/** @returns the text whose SHA-256 is the `request_sha256`: identical requests about identical bytes. */
export function requestIdText(sentSha256: string, asked: Asked): string {
  return JSON.stringify(['r1', sentSha256, ...question(asked)]);
}

/** @returns how the budget knows a strand: by where its log is, so that two outputs never meet under one name. */
export function holderId(run: { bucket: string; prefix: string }, lane: string, strand: number): string {
  return `${run.bucket}/${run.prefix}${lane}/${strand}`;
}

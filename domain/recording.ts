import { parseAnswer, suspectTruncated } from './answer.ts';
import { withCatalog } from './catalog.ts';
import type { ErrorCode } from './errors.ts';
import { harvestWarning } from './harvest.ts';
import { recordIdText, requestIdText, type Asked } from './ids.ts';
import type { TileRecord } from './record.ts';
import type { Answer } from './reply.ts';
import { sameRequestWarning, type AskedFor } from './same-request.ts';
import type { Service } from './service.ts';
import type { ImageSpec, TaskSpec } from './spec.ts';
import type { Tile, TileFacts } from './tile.ts';
import { isoText } from './units.ts';

/** What a record says whatever came of the task. */
export interface Subject {
  readonly runId: string;
  readonly dataset: string;
  readonly image: ImageSpec;
  readonly task: TaskSpec;
  readonly service: Pick<Service, 'name' | 'api' | 'model'>;
  readonly tile: Tile;
  readonly facts: TileFacts;
  readonly attempts: number;
}

/** What came of it. */
export type Result =
  | {
      readonly answer: Answer;
      readonly callId: string;
      readonly latencyMs: number | null;
      /** The closed run whose job it was. */
      readonly askedBy?: string;
      /** The tile was not asked itself: another with the same picture was. */
      readonly sameAs?: AskedFor;
    }
  | { readonly code: ErrorCode; readonly message: string; readonly callId: string | null; readonly sameAs?: AskedFor };

/** @returns lowercase hex. */
export type Sha256 = (text: string) => string;

const NO_ANSWER = {
  text: null,
  value: null,
  finish_reason: null,
  suspect_truncated: null,
  completion_tokens: null,
  latency_ms: null,
} as const;

function answerFields(task: TaskSpec, answer: Answer): Pick<TileRecord, keyof typeof NO_ANSWER | 'warnings'> {
  const typed = task.answer !== null && task.answer.type !== 'text';
  const value = task.answer === null ? null : parseAnswer(answer.text, task.answer);
  return {
    text: answer.text,
    value,
    finish_reason: answer.finishReason,
    suspect_truncated: suspectTruncated(answer.text, task.maxTokens),
    completion_tokens: answer.completionTokens,
    latency_ms: null,
    warnings: typed && value === null ? ['unparsed_answer'] : [],
  };
}

/** A worker whose clock is behind that of the one which submitted sees a job done before it began. */
function latencyOf(ms: number | null): number | null {
  return ms === null ? null : Math.max(0, Math.round(ms));
}

function resultFields(
  subject: Subject,
  result: Result,
): Pick<TileRecord, keyof typeof NO_ANSWER | 'warnings' | 'status' | 'error_code' | 'error_message' | 'call_id'> {
  const shared = result.sameAs === undefined ? [] : [sameRequestWarning(result.sameAs.uri)];
  if ('answer' in result) {
    const fields = answerFields(subject.task, result.answer);
    const harvested = result.askedBy === undefined ? [] : [harvestWarning(result.askedBy)];
    return {
      ...fields,
      warnings: [...fields.warnings, ...harvested, ...shared],
      latency_ms: latencyOf(result.latencyMs),
      status: 'ok',
      error_code: null,
      error_message: null,
      call_id: result.callId,
    };
  }
  const status = result.code === 'empty_tile' ? 'skipped' : 'failed';
  const { code, message, callId } = result;
  return { ...NO_ANSWER, warnings: shared, status, error_code: code, error_message: message, call_id: callId };
}

function tileFields({
  bucket,
  key,
  etag,
  version_id,
}: Tile): Pick<TileRecord, 'bucket' | 'key' | 'uri' | 'file_name' | 'etag' | 'version_id'> {
  return { bucket, key, uri: `s3://${bucket}/${key}`, file_name: key.slice(key.lastIndexOf('/') + 1), etag, version_id };
}

/** @returns the record of a task that has ended, every field in the order of the contract. */
export function recordOf(subject: Subject, result: Result, by: { sha256: Sha256; now: number }): TileRecord {
  const { task, service, tile, facts, image } = subject;
  const asked: Asked = { task, api: service.api, model: service.model, image };
  const { status, error_code, error_message, warnings, call_id, latency_ms, ...answered } = resultFields(subject, result);
  const {
    warnings: tileWarnings,
    sent_width,
    sent_height,
    sent_mime,
    sent_bytes,
    sent_sha256,
    ...rest
  } = withCatalog(facts, tile.catalog);
  const { bands_used, stretch, valid_fraction, image_tokens_estimate, ...source } = rest;
  return {
    schema_version: 1,
    run_id: subject.runId,
    record_id: by.sha256(recordIdText(tile, asked)),
    request_sha256: sent_sha256 === null ? null : by.sha256(requestIdText(sent_sha256, asked)),
    dataset: subject.dataset,
    task_id: task.id,
    kind: task.kind,
    status,
    error_code,
    error_message,
    ...tileFields(tile),
    ...source,
    service: service.name,
    model: service.model,
    prompt: task.prompt,
    max_tokens: task.maxTokens,
    temperature: task.temperature,
    ...answered,
    image_tokens_estimate,
    call_id,
    attempts: subject.attempts,
    latency_ms,
    sent_width,
    sent_height,
    sent_mime,
    sent_bytes,
    sent_sha256,
    bands_used,
    stretch,
    valid_fraction,
    result: null,
    warnings: [...tileWarnings, ...warnings],
    created_at: isoText(result.sameAs?.recordedAtMs ?? by.now),
  };
}

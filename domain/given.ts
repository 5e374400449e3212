import { harvestedFrom } from './harvest.ts';
import { requestName } from './identical.ts';
import type { TileRecord } from './record.ts';
import type { Answer } from './reply.ts';
import { sameRequestAs, type AskedFor } from './same-request.ts';

/** An answer as it is recorded for every other tile of its request. */
export interface Given {
  readonly answer: Answer;
  readonly callId: string;
  readonly latencyMs: number | null;
  /** The closed run whose job it was. */
  readonly askedBy?: string;
  readonly sameAs: AskedFor;
}

/** @returns what a record's answer says for other tiles of its request; null where it has none. */
export function givenBy(record: TileRecord): Given | null {
  const { status, text, call_id: callId, sent_sha256: sent, finish_reason: finishReason, completion_tokens: tokens } = record;
  if (status !== 'ok' || text === null || callId === null || sent === null) return null;
  const from = harvestedFrom(record);
  return {
    answer: { text, finishReason, completionTokens: tokens },
    callId,
    latencyMs: record.latency_ms,
    ...(from === null ? {} : { askedBy: from }),
    sameAs: { uri: sameRequestAs(record) ?? record.uri, recordedAtMs: Date.parse(record.created_at) },
  };
}

/** Takes an answer into `answers`, by the request that a lane knows it under. */
export function noteGiven(answers: Map<string, Given>, record: TileRecord): void {
  const name = requestName({ task: record.task_id, facts: record });
  const given = givenBy(record);
  if (name !== null && given !== null) answers.set(name, given);
}

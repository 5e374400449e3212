import type { TileRecord } from '../domain/record.ts';
import { customId } from './custom-id.ts';
import type { Format } from './format.ts';
import { jsonText } from './well-formed.ts';

/**
 * Lines as the OpenAI Batch API writes them into its output and error files: `BatchRequestOutput` of OpenAI's openapi.yaml
 * (version 2.3.0; platform.openai.com/docs/api-reference/batch/request-output), with a `CreateChatCompletionResponse` as
 * the body. That API puts failures into a file of their own; `--status` does the same here.
 */

/** The closed list of `finish_reason` in `CreateChatCompletionResponse`. */
const FINISH_REASONS: readonly string[] = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];

function finishReason(said: string | null): string {
  return said !== null && FINISH_REASONS.includes(said) ? said : 'stop';
}

/** `usage`, which is optional there, is left out: the services count words, and say nothing of the tokens of a prompt. */
function chatCompletion(record: TileRecord): object {
  const message = { role: 'assistant', content: record.text, refusal: null };
  return {
    id: `chatcmpl-${customId(record)}`,
    object: 'chat.completion',
    created: Math.floor(Date.parse(record.created_at) / 1_000),
    model: record.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(record.finish_reason) }],
  };
}

function outcome(record: TileRecord): object {
  if (record.status !== 'ok') {
    const [code, message] = [record.error_code ?? record.status, record.error_message ?? ''];
    return { response: null, error: { code, message } };
  }
  const response = { status_code: 200, request_id: record.call_id ?? '', body: chatCompletion(record) };
  return { response, error: null };
}

function batchLine(record: TileRecord): string {
  const id = customId(record);
  return `${jsonText({ id: `batch_req_${id}`, custom_id: id, ...outcome(record) })}\n`;
}

export const openaiBatch: Format = {
  summary: 'lines as the OpenAI Batch API writes them, for tools that read those',
  head: '',
  line: batchLine,
  lacks: null,
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openaiBatch } from '../../export/openai-batch.ts';
import { failedWith, recordOf } from '../report/fixture.ts';
import { asUtf8, hostileRecord } from './hostile.ts';

/** `CreateChatCompletionResponse` of OpenAI's openapi.yaml, as far as it is required. */
const COMPLETION = z.strictObject({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.tuple([
    z.strictObject({
      index: z.literal(0),
      message: z.strictObject({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs: z.null(),
      finish_reason: z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']),
    }),
  ]),
});

/** `BatchRequestOutput`, either half of it. */
const LINE = z.union([
  z.strictObject({
    id: z.string(),
    custom_id: z.string(),
    response: z.strictObject({ status_code: z.literal(200), request_id: z.string(), body: COMPLETION }),
    error: z.null(),
  }),
  z.strictObject({
    id: z.string(),
    custom_id: z.string(),
    response: z.null(),
    error: z.strictObject({ code: z.string(), message: z.string() }),
  }),
]);

function lineOf(record: Parameters<typeof openaiBatch.line>[0]): unknown {
  const text = Buffer.from(openaiBatch.line(record) ?? '').toString();
  expect(text.indexOf('\n')).toBe(text.length - 1);
  return JSON.parse(text);
}

describe('lines of the OpenAI Batch API', () => {
  it('have the documented shape, whatever a record holds', () => {
    fc.assert(
      fc.property(hostileRecord, (record) => {
        const line = LINE.parse(lineOf(record));
        const said = line.response?.body.choices[0].message.content ?? line.error?.message;
        expect(said).toBe(asUtf8(record.status === 'ok' ? record.text : (record.error_message ?? '')));
        expect(line.error?.code ?? null).toBe(record.error_code);
      }),
    );
  });

  it('say what the model said', () => {
    expect(lineOf(recordOf({ record_id: 'ab', call_id: 'fc-1' }))).toEqual({
      id: 'batch_req_caption:ab',
      custom_id: 'caption:ab',
      response: {
        status_code: 200,
        request_id: 'fc-1',
        body: {
          id: 'chatcmpl-caption:ab',
          object: 'chat.completion',
          created: 1_772_326_923,
          model: 'qwen-caption-special',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: 'A harbour with two piers.', refusal: null },
              logprobs: null,
              finish_reason: 'stop',
            },
          ],
        },
      },
      error: null,
    });
  });

  it('say why there is no answer', () => {
    const error = { code: 'decode_failed', message: 'The picture is cut off.' };
    expect(lineOf(recordOf({ record_id: 'ab', ...failedWith('decode_failed', error.message) }))).toEqual({
      id: 'batch_req_caption:ab',
      custom_id: 'caption:ab',
      response: null,
      error,
    });
  });

  it('are told apart where two tasks ask the same question', () => {
    const ids = ['first', 'second'].map((task) => lineOf(recordOf({ task_id: task, record_id: 'same' })));
    expect(ids).toMatchObject([{ custom_id: 'first:same' }, { custom_id: 'second:same' }]);
  });
});

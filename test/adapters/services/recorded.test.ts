import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordOf } from '../../../domain/recording.ts';
import type { Answer, PollReply } from '../../../domain/reply.ts';
import { RECORD } from '../../../schema/record.ts';
import { sha256, SUBJECT } from '../../domain/subjects.ts';
import { completion } from '../../support/qwen-replies.ts';
import { pollSays } from '../../support/wire-replies.ts';

const NUMBERS = [12.5, -3, 0, -0, 45, 2 ** 53, 1e300, Number.MAX_SAFE_INTEGER];
const anything = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
  fc.constantFrom('\u0000', '\uD800', '12', 'x'.repeat(1_000)),
);

/** An answer as the API documents it, with anything in place of what the service fills in. */
const bodies = fc
  .record({ text: fc.string({ unit: 'binary', minLength: 1 }), reason: anything, tokens: anything, usage: fc.option(anything) })
  .map(({ text, reason, tokens, usage }) => {
    const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: reason }];
    return JSON.stringify({ id: 'chatcmpl-fc-1', choices, usage: usage ?? { completion_tokens: tokens } });
  });

function lineOf(reply: PollReply): string {
  const said = { code: 'bad_response', message: reply.said, callId: 'fc-1' } as const;
  const done = reply.means === 'done' ? { answer: reply.answer, callId: 'fc-1', latencyMs: 1 } : said;
  return JSON.stringify(recordOf(SUBJECT, done, { sha256, now: 0 }));
}

function answerTo(body: string): Answer | null {
  const reply = pollSays('fc-1', { status: 200, body });
  return reply.means === 'done' ? reply.answer : null;
}

describe('the record of a job', () => {
  it('is one that its schema accepts, whatever the service answers', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const record = RECORD.parse(JSON.parse(lineOf(pollSays('fc-1', { status: 200, body }))));
        expect(`${record.text ?? ''}${record.finish_reason ?? ''}${record.error_message ?? ''}`).not.toMatch(/\p{Cs}/u);
      }),
      { numRuns: 300 },
    );
  });

  it.each([12.5, -3, 2 ** 53, '45', null, [45]])('has no count of tokens where the service says %j', (tokens) => {
    expect(answerTo(completion('Two.', { usage: { completion_tokens: tokens } }))).toMatchObject({ completionTokens: null });
  });

  it('has the text as it was answered, but for halves of characters', () => {
    expect(answerTo(completion('a\u0000b \uD83D\uDEA2 \uD83D.'))).toMatchObject({ text: 'a\u0000b \u{1F6A2} \uFFFD.' });
  });

  it.each([7, 'x'.repeat(65)])('has no finish_reason where that is no short word, such as %j', (reason) => {
    const choices = [{ message: { content: 'Two.' }, finish_reason: reason }];
    expect(answerTo(JSON.stringify({ choices }))).toMatchObject({ text: 'Two.', finishReason: null });
  });
});

import { qwenVl } from '../../adapters/services/qwen-vl.ts';
import type { HttpReply } from '../../adapters/http/request.ts';
import type { PollReply, SubmitReply } from '../../domain/reply.ts';

/** What came over the wire; what is not told is that of a plain reply without a body. */
export type Sent = Partial<HttpReply>;

const CODEC = qwenVl({ baseUrl: 'https://seer.example', secrets: [], now: () => 0 });
const QUESTION = {
  picture: new Uint8Array(),
  mime: 'image/png',
  prompt: 'say',
  model: 'a-model',
  maxTokens: 1,
  temperature: 0,
} as const;

function replyOf(sent: Sent): HttpReply {
  return { status: null, fault: null, detail: '', body: '', retryAfter: null, followed: false, ...sent };
}

/** @returns a reply to a submit as the client of a Qwen3-VL service understands it. */
export function submitSays(sent: Sent): SubmitReply {
  const step = CODEC.submit.next(QUESTION, replyOf(sent));
  if (!('reply' in step)) throw new Error('the conversation goes on');
  return step.reply;
}

/** @returns the same for a poll. */
export function pollSays(callId: string, sent: Sent): PollReply {
  const step = CODEC.poll.next(callId, replyOf(sent));
  if (!('reply' in step)) throw new Error('the conversation goes on');
  return step.reply;
}

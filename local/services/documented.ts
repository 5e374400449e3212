import { jsonReply, textReply, type WholeReply } from './reply.ts';

/** The replies as the services' documents give them, one function each. */

export function acceptedReply(callId: string, model: string): WholeReply {
  return jsonReply(200, { call_id: callId, status: 'pending', model });
}

export function pendingReply(callId: string): WholeReply {
  return jsonReply(202, { status: 'pending', call_id: callId });
}

/** What a completion says beside its text. Tokens are counted in words, as the real services count them. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly promptTokens: number;
}

export function completionReply({ id, model, text, promptTokens }: Completion): WholeReply {
  const completionTokens = wordsIn(text);
  return jsonReply(200, {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens },
  });
}

export function wordsIn(text: string): number {
  return text.split(/\s+/u).filter((word) => word !== '').length;
}

export function expiredReply(): WholeReply {
  return jsonReply(404, { error: 'Job result expired (older than 7 days)' });
}

/** 500 with the upstream traceback that clients must not keep. */
export function failedReply(error: string): WholeReply {
  return jsonReply(500, { error, traceback: tracebackOf(error) });
}

export function badRequestReply(error: string): WholeReply {
  return jsonReply(400, { error, traceback: tracebackOf(error) });
}

function tracebackOf(error: string): string {
  return `Traceback (most recent call last):\n  File "/app/simulated.py", line 1, in serve\nSimulatedError: ${error}\n`;
}

export function healthReply(model: string): WholeReply {
  return jsonReply(200, { status: 'ok', model });
}

/** What the framework under the real services answers, and what the platform's edge answers. */
export const NOT_FOUND = jsonReply(404, { detail: 'Not Found' });
export const METHOD_NOT_ALLOWED = jsonReply(405, { detail: 'Method Not Allowed' });
export const TOO_LARGE = jsonReply(413, { detail: 'Request Entity Too Large' });
export const GONE = textReply(404, 'modal-http: app for invoked web endpoint is stopped');
export const NO_CREDENTIALS = textReply(401, 'modal-http: missing credentials for proxy authorization');

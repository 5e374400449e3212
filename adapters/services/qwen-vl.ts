import { isCount } from '../../domain/count.ts';
import { grouped } from '../../domain/quantity.ts';
import {
  isOverload,
  pollMeaning,
  submitMeaning,
  type Answer,
  type BodyShape,
  type PollReply,
  type Seen,
  type SubmitReply,
} from '../../domain/reply.ts';
import type { HealthReply, Question } from '../../ports/model-service.ts';
import type { HttpReply } from '../http/request.ts';
import { fieldsOf, readBody, wellFormed, type Fields, type ReadBody } from './body.ts';
import type { Codec, CodecContext, Conversation } from './codec.ts';
import { factsOf, sentence, type Facts } from './facts.ts';

const COMPLETIONS = '/v1/chat/completions';
const CALL_ID_MAX = 200;
/** Sixteen characters for each of the 4,096 tokens that a spec may ask for. A slice keeps hundreds of answers in memory. */
const ANSWER_MAX = 65_536;
/** These services say `stop`; others know a dozen short words. */
const REASON_MAX = 64;
/** No segment of a path can be made of these. */
const NO_SEGMENT = /^\s*$|^\.{1,2}$|\p{Cs}/u;
const FAILED = 400;

/** @returns the JSON text of a submit, exactly as the API documents it. */
export function submitBody(question: Question): string {
  const base64 = Buffer.from(question.picture.buffer, question.picture.byteOffset, question.picture.byteLength).toString(
    'base64',
  );
  const content = [
    { type: 'text', text: question.prompt },
    { type: 'image_url', image_url: { url: `data:${question.mime};base64,${base64}` } },
  ];
  const messages = [{ role: 'user', content }];
  return JSON.stringify({ model: question.model, messages, max_tokens: question.maxTokens, temperature: question.temperature });
}

function callIdOf(fields: Fields): string | null {
  const id = fields['call_id'];
  return typeof id === 'string' && id.length <= CALL_ID_MAX && !NO_SEGMENT.test(id) ? id : null;
}

function choiceOf(fields: Fields): Fields {
  return fieldsOf(Array.isArray(fields['choices']) ? (fields['choices'] as unknown[])[0] : null);
}

function textOf(fields: Fields): string | null {
  const text = fieldsOf(choiceOf(fields)['message'])['content'];
  return typeof text === 'string' ? text : null;
}

function answerOf(fields: Fields): Answer | null {
  const text = textOf(fields);
  if (text === null || text.length > ANSWER_MAX) return null;
  const reason = choiceOf(fields)['finish_reason'];
  const tokens = fieldsOf(fields['usage'])['completion_tokens'];
  return {
    text: wellFormed(text),
    finishReason: typeof reason === 'string' && reason.length <= REASON_MAX ? wellFormed(reason) : null,
    completionTokens: isCount(tokens) ? tokens : null,
  };
}

function answerShape(answer: Answer | null, body: ReadBody): BodyShape {
  if (answer === null) return body.shape;
  return answer.text.trim() === '' ? 'empty_text' : 'documented';
}

function facts(seen: HttpReply, body: ReadBody, callId: string | null): (context: CodecContext) => Facts {
  const nameless = body.shape === 'json' && seen.status !== null && seen.status >= FAILED ? seen.body : null;
  return (context) => factsOf(seen, { error: body.error, failure: body.error ?? nameless, callId }, context);
}

/**
 * What the service itself says of a submit. Once a redirect was followed the edge has taken the request in, so that
 * "busy", "not here" or "not you" is said of the place that keeps the answer, no longer of the job.
 */
const SAID_BY_SERVICE: readonly (number | null)[] = [200, 201, 202, 400, 413, 422, 500];

function submitSeen(seen: HttpReply, body: BodyShape): Seen {
  const lost = seen.followed && seen.fault === null && !SAID_BY_SERVICE.includes(seen.status);
  return lost ? { status: null, fault: 'reset', body } : { status: seen.status, fault: seen.fault, body };
}

function submitReply(seen: HttpReply, context: CodecContext): SubmitReply {
  const body = readBody(seen.body);
  const callId = callIdOf(body.fields);
  const means = submitMeaning(submitSeen(seen, callId === null ? body.shape : 'documented'));
  const rest = { ...facts(seen, body, callId)(context), overload: isOverload('submit', seen) };
  if (means === 'accepted') return callId === null ? { ...rest, means: 'ambiguous' } : { ...rest, means, callId };
  return { ...rest, means };
}

/** @returns what is wrong with a text that is there, and not kept. */
function tooLong(text: string | null): string | null {
  if (text === null || text.length <= ANSWER_MAX) return null;
  return `The service answered 200 with a text of ${grouped(text.length)} characters; at most ${grouped(ANSWER_MAX)} are an answer.`;
}

function pollReply(callId: string, seen: HttpReply, context: CodecContext): PollReply {
  const body = readBody(seen.body);
  const answer = answerOf(body.fields);
  const means = pollMeaning({ status: seen.status, fault: seen.fault, body: answerShape(answer, body) });
  const known = facts(seen, body, callId)(context);
  const said = (means === 'broken' ? tooLong(textOf(body.fields)) : null) ?? known.said;
  const rest = { ...known, said, overload: isOverload('poll', seen) };
  if (means === 'done') return answer === null ? { ...rest, means: 'broken' } : { ...rest, means, answer };
  return { ...rest, means };
}

function healthReply(seen: HttpReply, context: CodecContext): HealthReply {
  const body = readBody(seen.body);
  const healthy = seen.status === 200 && body.fields['status'] === 'ok';
  const message = sentence(seen, body.error, context.secrets);
  if (healthy) return { healthy, message: 'The service answers.' };
  return {
    healthy,
    message: seen.status === 200 ? 'The service answered 200, but not {"status":"ok"} as its API documents.' : message,
  };
}

/** The API of the Qwen3-VL captioning and VQA services (services.md section 1). */
export function qwenVl(context: CodecContext): Codec {
  const { baseUrl } = context;
  const submit: Conversation<Question, SubmitReply> = {
    begin: (question) => ({ method: 'POST', url: `${baseUrl}${COMPLETIONS}/async`, body: submitBody(question) }),
    next: (_question, seen) => ({ reply: submitReply(seen, context) }),
  };
  const poll: Conversation<string, PollReply> = {
    begin: (callId) => ({ method: 'GET', url: `${baseUrl}${COMPLETIONS}/status/${encodeURIComponent(callId)}`, body: null }),
    next: (callId, seen) => ({ reply: pollReply(callId, seen, context) }),
  };
  const health: Conversation<null, HealthReply> = {
    begin: () => ({ method: 'GET', url: `${baseUrl}/health`, body: null }),
    next: (_nothing, seen) => ({ reply: healthReply(seen, context) }),
  };
  return { submit, poll, health };
}

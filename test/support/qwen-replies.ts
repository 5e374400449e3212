import type { PollMeaning, SubmitMeaning } from '../../domain/reply.ts';

/** What a service of the Qwen3-VL API may send, and what it means: the tables of the API's own documents and more. */
export interface Sample<Means> {
  readonly name: string;
  readonly status: number;
  readonly body: string;
  readonly means: Means;
}

export const HTML = '<!DOCTYPE html><html><body>Bad Gateway</body></html>';
export const MODAL = 'modal-http: invalid function call';
export const ERROR = JSON.stringify({
  error: 'CUDA out of memory',
  traceback: 'Traceback (most recent call last):\n  File "x.py", line 1',
});

export function completion(content: unknown, more: object = {}): string {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  return JSON.stringify({ id: 'chatcmpl-fc-1', object: 'chat.completion', choices, usage: { completion_tokens: 45 }, ...more });
}
const DEEP = '['.repeat(100_000);
const ACCEPTED = JSON.stringify({ call_id: 'fc-abc123xyz', status: 'pending', model: 'qwen-caption-special' });

export const SUBMIT_SAMPLES: readonly Sample<SubmitMeaning>[] = [
  { name: 'the documented acceptance', status: 200, body: ACCEPTED, means: 'accepted' },
  { name: 'a refusal of the request', status: 400, body: ERROR, means: 'rejected' },
  { name: 'a refusal of a field', status: 422, body: '{"detail":[]}', means: 'rejected' },
  { name: "the platform's own 400", status: 400, body: MODAL, means: 'gone' },
  { name: 'a refusal of the size', status: 413, body: '', means: 'too_large' },
  { name: 'no credentials', status: 401, body: '', means: 'credentials' },
  { name: 'wrong credentials', status: 403, body: HTML, means: 'credentials' },
  { name: 'no such place', status: 404, body: '{"detail":"Not Found"}', means: 'gone' },
  { name: 'no such deployment', status: 404, body: MODAL, means: 'gone' },
  { name: 'no such method', status: 405, body: '', means: 'gone' },
  { name: 'a web page', status: 200, body: HTML, means: 'gone' },
  { name: "the platform's text", status: 200, body: MODAL, means: 'gone' },
  { name: 'too many requests', status: 429, body: '', means: 'busy' },
  { name: 'not now', status: 503, body: HTML, means: 'unavailable' },
  { name: 'an error of the service', status: 500, body: ERROR, means: 'refused' },
  { name: 'an error in the shape of OpenAI', status: 500, body: '{"error":{"message":"no"}}', means: 'refused' },
  { name: 'an error without JSON', status: 500, body: 'Internal Server Error', means: 'ambiguous' },
  { name: 'an error of a gateway', status: 502, body: HTML, means: 'ambiguous' },
  { name: 'a gateway that gave up', status: 504, body: '', means: 'ambiguous' },
  { name: 'a request that took too long', status: 408, body: '', means: 'ambiguous' },
  { name: 'an acceptance without call_id', status: 200, body: '{"status":"pending"}', means: 'ambiguous' },
  { name: 'an acceptance with an empty call_id', status: 200, body: '{"call_id":" "}', means: 'ambiguous' },
  { name: 'an acceptance with a call_id that is no text', status: 200, body: '{"call_id":7}', means: 'ambiguous' },
  { name: 'a call_id that is longer than any', status: 200, body: `{"call_id":"${'x'.repeat(201)}"}`, means: 'ambiguous' },
  { name: 'a call_id that would leave the path', status: 200, body: '{"call_id":".."}', means: 'ambiguous' },
  { name: 'half an acceptance', status: 200, body: ACCEPTED.slice(0, 20), means: 'ambiguous' },
  { name: 'nothing', status: 200, body: '', means: 'ambiguous' },
  { name: 'brackets without end', status: 200, body: DEEP, means: 'ambiguous' },
];

export const POLL_SAMPLES: readonly Sample<PollMeaning>[] = [
  { name: 'not finished', status: 202, body: '{"status":"pending"}', means: 'pending' },
  { name: 'the documented answer', status: 200, body: completion('Two ships.'), means: 'done' },
  { name: 'an answer without text', status: 200, body: completion(''), means: 'empty' },
  { name: 'an answer of white space', status: 200, body: completion(' \n\t'), means: 'empty' },
  { name: 'an answer without choices', status: 200, body: '{"object":"chat.completion"}', means: 'broken' },
  { name: 'an answer with no choice', status: 200, body: '{"choices":[]}', means: 'broken' },
  { name: 'an answer of null', status: 200, body: completion(null), means: 'broken' },
  { name: 'an answer that is no text', status: 200, body: completion(['a']), means: 'broken' },
  { name: 'an error as an answer', status: 200, body: ERROR, means: 'broken' },
  { name: 'half an answer', status: 200, body: completion('Two ships.').slice(0, 60), means: 'broken' },
  { name: 'JSON that is no object', status: 200, body: 'null', means: 'broken' },
  { name: 'brackets without end', status: 200, body: DEEP, means: 'broken' },
  { name: 'brackets with an end', status: 200, body: DEEP + ']'.repeat(100_000), means: 'broken' },
  { name: 'a web page', status: 200, body: HTML, means: 'transport' },
  { name: 'some other text', status: 200, body: 'OK', means: 'transport' },
  { name: 'a failed job', status: 500, body: ERROR, means: 'failing' },
  { name: 'a failed job in another shape', status: 500, body: '{"detail":"no"}', means: 'failing' },
  { name: 'an error that is not of the service', status: 500, body: HTML, means: 'transport' },
  { name: 'an expired result', status: 404, body: '{"error":"Job result expired (older than 7 days)"}', means: 'expired' },
  { name: 'no such deployment', status: 404, body: MODAL, means: 'gone' },
  { name: 'no such place', status: 404, body: '{"detail":"Not Found"}', means: 'gone' },
  { name: 'no credentials', status: 401, body: '', means: 'credentials' },
  { name: 'wrong credentials', status: 403, body: '', means: 'credentials' },
  { name: 'too many requests', status: 429, body: '', means: 'transport' },
  { name: 'an error of a gateway', status: 502, body: HTML, means: 'transport' },
  { name: 'not now', status: 503, body: '', means: 'unavailable' },
  { name: 'a gateway that gave up', status: 504, body: '', means: 'transport' },
];

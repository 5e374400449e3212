import { createHash } from 'node:crypto';
import { firstLine, redact } from '../../domain/redaction.ts';
import type { Fault } from '../../domain/reply.ts';
import { DAY_MS, SECOND_MS } from '../../domain/units.ts';
import type { HttpReply } from '../http/request.ts';
import type { CodecContext } from './codec.ts';

/** What every reply tells, whatever it means. */
export interface Facts {
  readonly digest: string | null;
  readonly said: string;
  readonly retryAfterMs: number | null;
}

/** What differs between two occurrences of the same error, in the order in which it is made equal. */
const VARYING = [
  /data:[\w.+/-]*;base64,[A-Za-z0-9+/=]*/gu,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu,
  /\bfc-[\w-]+/gu,
  /\b[a-z]{2}-(?=[A-Za-z]*\d)[A-Za-z0-9]+\b/gu,
  /0x[0-9a-f]+/giu,
  /\b(?=[a-f]*\d)[0-9a-f]{8,}\b/giu,
  /\d+(?:\.\d+)?/gu,
] as const;
const DIGEST_DIGITS = 16;

/**
 * @param callId taken out of the error wherever it stands.
 * @returns a digest that is the same for the same error of another job or at another time.
 */
export function errorDigest(error: string, callId: string | null): string {
  const nameless = callId === null ? error : error.replaceAll(callId, '#');
  const same = VARYING.reduce((text, pattern) => text.replace(pattern, '#'), nameless);
  return createHash('sha256').update(same.replace(/\s+/gu, ' ').trim()).digest('hex').slice(0, DIGEST_DIGITS);
}

/**
 * @param now ms since 1970
 * @returns ms to wait by a Retry-After header (seconds, or a date), at most a day; null where it says neither.
 */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const wait = /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(0, Math.round(wait)), DAY_MS);
}

const FAULTS: Readonly<Record<Fault, (detail: string) => string>> = {
  unreachable: (detail) => `The service could not be reached (${detail}); nothing was sent.`,
  reset: (detail) => `The connection broke before the answer was complete (${detail}).`,
  timeout: () => 'The service did not answer before the deadline of the request.',
  too_long: () => 'The answer was longer than any documented answer, and was not read.',
  elsewhere: (origin) => `The service redirected to another origin (${origin}); nothing was sent there.`,
  too_many_redirects: (hops) => `The service redirected more than ${hops} times.`,
};

const TRACEBACK = /Traceback \(most recent call last\)|\bFile "[^"]*",? line \d+|^[ \t]+at .+:\d+:\d+\)?$/mu;
const SAID_MAX = 200;

function quoted(error: string | null, secrets: readonly string[]): string {
  if (error === null || TRACEBACK.test(error)) return '';
  return firstLine(redact(error, secrets), SAID_MAX);
}

const WEB_PAGE = /^\s*<(?:!doctype|html)/iu;
const PLATFORM = /^\s*modal-http:/u;

/** What answered, where that was not the service itself. */
function stranger(body: string, secrets: readonly string[]): string {
  if (WEB_PAGE.test(body)) return ' with a web page';
  return PLATFORM.test(body) ? `: ${firstLine(redact(body, secrets), SAID_MAX)}` : '';
}

/** @returns one sentence: the status or the fault, and the first line of the service's error made fit to be shown. */
export function sentence(seen: HttpReply, error: string | null, secrets: readonly string[]): string {
  if (seen.fault !== null) return FAULTS[seen.fault](firstLine(redact(seen.detail, secrets), SAID_MAX));
  const quote = quoted(error, secrets);
  const more = quote === '' ? stranger(seen.body, secrets) : `: ${quote}`;
  return `The service answered ${seen.status}${more}${/[.!?]$/u.test(more) ? '' : '.'}`;
}

/** @param failure the text to digest; null where nothing failed. */
export function factsOf(
  seen: HttpReply,
  { error, failure, callId }: { readonly error: string | null; readonly failure: string | null; readonly callId: string | null },
  context: CodecContext,
): Facts {
  return {
    digest: failure === null ? null : errorDigest(failure, callId),
    said: sentence(seen, error, context.secrets),
    retryAfterMs: retryAfterMs(seen.retryAfter, context.now()),
  };
}

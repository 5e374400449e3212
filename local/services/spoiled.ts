import { completionReply, expiredReply, failedReply, GONE, NO_CREDENTIALS, pendingReply, TOO_LARGE } from './documented.ts';
import { FAULTS, type Fault, type FaultName } from './faults.ts';
import { jsonReply, textReply, type Reply, type WholeReply } from './reply.ts';

type JobFault = 'job_fails' | 'job_times_out' | 'job_lost' | 'job_preempted';
/** A fault that shows in a reply by itself; `see_other` needs a place to keep the real reply, which the edge has. */
export type ReplyFault = Exclude<FaultName, JobFault | 'see_other'>;

/** What a spoiled reply is made from. */
export interface Spoiling {
  readonly fault: Fault;
  /** What would have been answered; an empty text where nothing was done. */
  readonly real: WholeReply;
  /** Path and query as they were asked. */
  readonly url: string;
  /** Differs from one request to the next. */
  readonly request: number;
}

const HUGE_BYTES = 100_000_000;

const retryAfter = ({ retryAfterSeconds }: Fault): Record<string, string> =>
  retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };

const SPOILED = {
  reset: () => ({ kind: 'reset' }),
  silence: () => ({ kind: 'silence' }),
  error_500: ({ fault, request }) =>
    failedReply(`${fault.error ?? 'simulated failure'}${fault.varied === true ? words(request) : ''}`),
  bad_gateway: () => textReply(502, 'bad gateway'),
  too_many: ({ fault }) => jsonReply(429, { detail: 'Too Many Requests' }, retryAfter(fault)),
  unavailable: ({ fault }) => jsonReply(503, { error: 'Service temporarily unavailable' }, retryAfter(fault)),
  unauthorized: () => NO_CREDENTIALS,
  forbidden: () => jsonReply(403, { detail: 'Forbidden' }),
  gone: () => GONE,
  html: () => textReply(200, '<!doctype html><title>Sign in</title><p>Sign in', { 'content-type': 'text/html' }),
  redirect_elsewhere: ({ url }) => textReply(307, '', { location: `http://elsewhere.invalid${url}` }),
  redirect_same: ({ url }) => textReply(308, '', { location: `${url}${url.includes('?') ? '&' : '?'}again=1` }),
  rejected: () => jsonReply(422, { detail: [{ loc: ['body'], msg: 'simulated refusal', type: 'value_error' }] }),
  too_large: () => TOO_LARGE,
  accepted_reset: () => ({ kind: 'reset' }),
  accepted_silence: () => ({ kind: 'silence' }),
  accepted_bad_gateway: () => textReply(502, 'bad gateway'),
  half_json: ({ real }) => ({ ...real, body: real.body.slice(0, Math.floor(real.body.length / 2)) }),
  slow_body: ({ real, fault }) => ({ ...real, kind: 'pieces', delayMs: (fault.delaySeconds ?? 1) * 1_000 }),
  late: ({ real, fault }) => ({ ...real, kind: 'late', delayMs: (fault.delaySeconds ?? 1) * 1_000 }),
  huge_body: ({ fault }) => ({ kind: 'filler', bytes: fault.bytes ?? HUGE_BYTES }),
  expired: () => expiredReply(),
  pending: ({ url }) => pendingReply(url.split(/[/?]/u)[5] ?? ''),
  no_choices: ({ real }) => jsonReply(200, { ...(JSON.parse(real.body) as object), choices: [] }),
  null_content: ({ real }) => ({ ...real, body: real.body.replace(/"content":"(?:[^"\\]|\\.)*"/u, '"content":null') }),
  empty_text: ({ real }) =>
    completionReply({ ...(JSON.parse(real.body) as { model: string }), id: 'empty', text: '', promptTokens: 0 }),
} as const satisfies Record<ReplyFault, (spoiling: Spoiling) => Reply>;

export function spoiledReply(name: ReplyFault, spoiling: Spoiling): Reply {
  return SPOILED[name](spoiling);
}

export function isReplyFault(name: FaultName): name is ReplyFault {
  return Object.hasOwn(SPOILED, name) && FAULTS[name].stage !== 'job';
}

/** Letters, not digits: whoever makes numbers equal to compare errors must still see two of them. */
function words(request: number): string {
  return ` ${String(request).replaceAll(/\d/gu, (digit) => String.fromCodePoint(97 + Number(digit)))}`;
}

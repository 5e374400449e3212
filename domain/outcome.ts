import type { ErrorCode } from './errors.ts';
import type { Halt } from './halt.ts';
import { backoffMs } from './latency.ts';
import type { TaskHistory, Watch } from './log.ts';
import type { Answer, PollReply, SubmitReply } from './reply.ts';
import { SECOND_MS } from './units.ts';

/** Jobs for one tile and task, at most. Waiting is not an attempt. */
export const MAX_ATTEMPTS = 3;
/** A 500 on a poll fails a job only when it says the same this often, over at least this long. */
const FAILING = { times: 3, overMs: 10 * SECOND_MS, everyMs: 5 * SECOND_MS } as const;
const MAX_BROKEN = 3;

/** What follows from a reply to a submit. */
export type SubmitDecision =
  | { readonly do: 'track'; readonly callId: string }
  | { readonly do: 'fail'; readonly code: ErrorCode; readonly message: string }
  | { readonly do: 'again'; readonly history: TaskHistory; readonly afterMs: number }
  | { readonly do: 'wait'; readonly afterMs: number; readonly trouble: boolean; readonly said: string }
  | { readonly do: 'doubt'; readonly said: string }
  | { readonly do: 'halt'; readonly halt: Halt };

/** What follows from a reply to a poll. */
export type PollDecision =
  | { readonly do: 'record'; readonly answer: Answer }
  | {
      readonly do: 'look';
      readonly watch: Watch;
      readonly afterMs: number | null;
      readonly trouble: boolean;
      readonly said: string;
    }
  | { readonly do: 'again'; readonly history: TaskHistory; readonly afterMs: number }
  | { readonly do: 'fail'; readonly code: ErrorCode; readonly message: string }
  | { readonly do: 'halt'; readonly halt: Halt };

/** Where a decision is made: the service's address, the moment (ms) and a roll of the dice in [0, 1). */
export interface Circumstance {
  readonly baseUrl: string;
  readonly now: number;
  readonly roll: number;
}

const HALTED = {
  credentials: {
    code: 'credentials',
    what: 'our credentials are refused',
    action: 'Check the headers configured for it and the secrets that they name, then `tilescribe resume`.',
  },
  gone: {
    code: 'gone',
    what: 'what answers there is not the service',
    action: 'Deploy it again or correct its base URL, then `tilescribe resume`; nothing was lost.',
  },
  elsewhere: {
    code: 'gone',
    what: 'the service is at another origin',
    action: 'Set its base URL to where it really is; headers are never sent to another origin. Then `tilescribe resume`.',
  },
} as const;

function haltFor(means: keyof typeof HALTED, said: string, where: { baseUrl: string; blind: boolean }): Halt {
  const { code, what, action } = HALTED[means];
  return { code, action, message: `${where.baseUrl}: ${what}. ${said}`, blind: where.blind };
}

/** The rule for an attempt that the service failed: again, unless it is the last or fails as one before it did. */
function failedAttempt(history: TaskHistory, digest: string | null, said: string): SubmitDecision & PollDecision {
  const alike = digest !== null && history.digests.includes(digest);
  if (alike || history.attempts >= MAX_ATTEMPTS) return { do: 'fail', code: 'model_error', message: said };
  const digests = digest === null ? history.digests : [...history.digests, digest];
  return { do: 'again', history: { ...history, digests }, afterMs: 0 };
}

/**
 * @param history with the attempt at hand counted.
 * @returns what to do after a submit (services.md section 1, first table).
 */
export function afterSubmit(reply: SubmitReply, history: TaskHistory, at: Circumstance & { troubles: number }): SubmitDecision {
  switch (reply.means) {
    case 'accepted':
      return { do: 'track', callId: reply.callId };
    case 'rejected':
      return { do: 'fail', code: 'service_rejected', message: reply.said };
    case 'too_large':
      return { do: 'fail', code: 'too_large', message: reply.said };
    case 'refused': {
      const decision = failedAttempt(history, reply.digest, reply.said);
      return decision.do === 'again' ? { ...decision, afterMs: backoffMs(history.attempts, at.roll) } : decision;
    }
    case 'credentials':
    case 'gone':
    case 'elsewhere':
      return { do: 'halt', halt: haltFor(reply.means, reply.said, { baseUrl: at.baseUrl, blind: false }) };
    case 'ambiguous':
      return { do: 'doubt', said: reply.said };
    default:
      return {
        do: 'wait',
        afterMs: reply.retryAfterMs ?? backoffMs(at.troubles, at.roll),
        trouble: reply.means !== 'busy',
        said: reply.said,
      };
  }
}

type Once = 'empty' | 'expired' | 'timeout';
const ONCE_CODES = { empty: 'empty_answer', expired: 'expired', timeout: 'timeout' } as const;

/** @returns asking again the first time, failure the second. */
export function onceMore(
  history: TaskHistory,
  what: Once,
  said: string,
): { do: 'again'; history: TaskHistory; afterMs: number } | { do: 'fail'; code: ErrorCode; message: string } {
  if (history[what] > 0 || history.attempts >= MAX_ATTEMPTS) return { do: 'fail', code: ONCE_CODES[what], message: said };
  return { do: 'again', history: { ...history, [what]: history[what] + 1 }, afterMs: 0 };
}

type Look = Extract<PollDecision, { do: 'look' }>;

function look(watch: Watch, said: string, afterMs: number | null): Look {
  return { do: 'look', watch, afterMs, trouble: false, said };
}

function afterFailing(reply: PollReply, job: { history: TaskHistory; watch: Watch }, at: Circumstance): PollDecision {
  const { watch, history } = job;
  const digest = reply.digest ?? reply.said;
  const same = watch.failing?.digest === digest ? watch.failing : { digest, times: 0, sinceMs: at.now };
  const failing = { ...same, times: same.times + 1 };
  const sure = failing.times >= FAILING.times && at.now - failing.sinceMs >= FAILING.overMs;
  if (sure) return failedAttempt(history, digest, reply.said);
  return look({ ...watch, failing, silent: 0 }, reply.said, FAILING.everyMs + SECOND_MS * at.roll);
}

function afterBroken(reply: PollReply, watch: Watch, at: Circumstance): PollDecision {
  const broken = watch.broken + 1;
  if (broken >= MAX_BROKEN) return { do: 'fail', code: 'bad_response', message: reply.said };
  return look({ ...watch, broken, silent: 0 }, reply.said, backoffMs(watch.broken, at.roll));
}

/**
 * @returns what to do after a poll (services.md section 1, second table). `afterMs` null means: as the latency
 * estimate says.
 */
export function afterPoll(reply: PollReply, job: { history: TaskHistory; watch: Watch }, at: Circumstance): PollDecision {
  const { history, watch } = job;
  switch (reply.means) {
    case 'done':
      return { do: 'record', answer: reply.answer };
    case 'pending':
      return look({ ...watch, failing: null, silent: 0 }, reply.said, null);
    case 'empty':
    case 'expired':
      return onceMore(history, reply.means, reply.said);
    case 'broken':
      return afterBroken(reply, watch, at);
    case 'failing':
      return afterFailing(reply, job, at);
    case 'credentials':
    case 'gone':
    case 'elsewhere':
      return { do: 'halt', halt: haltFor(reply.means, reply.said, { baseUrl: at.baseUrl, blind: true }) };
    default: {
      const afterMs = reply.retryAfterMs ?? backoffMs(watch.silent, at.roll);
      const next = look({ ...watch, silent: watch.silent + 1 }, reply.said, afterMs);
      return { ...next, trouble: reply.means !== 'transport' };
    }
  }
}

import { Agent } from 'undici';
import type { Fault } from '../../domain/reply.ts';
import { MIB, SECOND_MS } from '../../domain/units.ts';
import { exchange, type Exchange, type ExchangeLimits } from './exchange.ts';
import { redirect, type Hop } from './redirect.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute. */
  readonly url: string;
  /** JSON text. */
  readonly body: string | null;
}

/** What came of a request, redirects followed. `status` is null where there is a fault. */
export interface HttpReply {
  readonly status: number | null;
  readonly fault: Fault | null;
  /** For people: the code of the error, or the origin that a redirect named. */
  readonly detail: string;
  readonly body: string;
  readonly retryAfter: string | null;
  /** A redirect was followed: whatever is said now, the request itself had been taken in. */
  readonly followed: boolean;
}

export interface HttpSettings {
  /** Of one request, redirects and all. */
  readonly deadlineMs: number;
  /** Sent with every request to the request's own origin, and to no other. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Cap of a response body. */
  readonly maxBytes?: number;
}

export interface HttpRunner {
  /** Never rejects; repeats nothing. */
  send(request: HttpRequest): Promise<HttpReply>;
  close(): Promise<void>;
}

const MAX_BYTES = MIB;
/** The platform of the services answers 303 every 150 s while a request runs. */
const MAX_HOPS = 20;
/**
 * Short, so that a connection which the server is about to close is seldom used for a submit: the reset that follows
 * cannot be told from a job that was accepted.
 */
const KEEP_ALIVE_MS = 4 * SECOND_MS;
const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;

function first(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function faulty(fault: Fault, detail: string, followed: boolean): HttpReply {
  return { status: null, fault, detail, body: '', retryAfter: null, followed };
}

function complete(seen: Exchange & { fault: null }, followed: boolean): HttpReply {
  const body = new TextDecoder().decode(seen.body);
  return { status: seen.status, fault: null, detail: '', body, retryAfter: first(seen.headers['retry-after']), followed };
}

async function follow(agent: Agent, from: Hop, limits: ExchangeLimits): Promise<HttpReply> {
  let hop = from;
  for (let hops = 0; hops <= MAX_HOPS; hops += 1) {
    const followed = hops > 0;
    const seen = await exchange(agent, hop, limits);
    // After the first hop "nothing was sent" is no longer true of the request as a whole.
    if (seen.fault !== null)
      return faulty(followed && seen.fault === 'unreachable' ? 'reset' : seen.fault, seen.detail, followed);
    const next = redirect(hop, { status: seen.status, location: first(seen.headers['location']) });
    if (next.kind === 'final') return complete(seen, followed);
    if (next.kind === 'elsewhere') return faulty('elsewhere', next.origin, followed);
    hop = next.hop;
  }
  return faulty('too_many_redirects', String(MAX_HOPS), true);
}

/** Requests to one service: a deadline and a byte cap for each, redirects only within their origin. */
export function createHttpRunner(settings: HttpSettings): HttpRunner {
  const agent = new Agent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, settings.deadlineMs) },
  });
  // Nothing here unpacks a body: what is small on its way may be endless.
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', ...settings.headers };
  return {
    async send(request) {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), settings.deadlineMs);
      const limits = { headers, maxBytes: settings.maxBytes ?? MAX_BYTES, signal: deadline.signal };
      return follow(agent, request, limits).finally(() => clearTimeout(timer));
    },
    close: () => agent.destroy(),
  };
}

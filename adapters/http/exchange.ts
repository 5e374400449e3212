import type { Agent, Dispatcher } from 'undici';
import type { Fault } from '../../domain/reply.ts';
import type { Hop } from './redirect.ts';

export interface ExchangeLimits {
  readonly headers: Readonly<Record<string, string>>;
  /** Of the response body. */
  readonly maxBytes: number;
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** One request and what came of it. `detail`: the code of the error, for people. */
export type Exchange =
  | { readonly fault: null; readonly status: number; readonly headers: Headers; readonly body: Uint8Array }
  | { readonly fault: Fault; readonly detail: string };

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/**
 * The state of one exchange. The dispatcher announces a request right before it is written to an open connection:
 * whatever fails earlier sent nothing, whatever fails later may have been acted upon.
 */
class Conversation implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private settled = false;
  private status = 0;
  private headers: Headers = {};
  private bytes = 0;
  private readonly chunks: Uint8Array[] = [];
  private readonly settleWith: (seen: Exchange) => void;
  private readonly maxBytes: number;

  constructor(settleWith: (seen: Exchange) => void, maxBytes: number) {
    this.settleWith = settleWith;
    this.maxBytes = maxBytes;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.settled) controller.abort(new Error('the deadline had passed'));
    else this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
    if (Number(headers['content-length'] ?? 0) > this.maxBytes) this.fail('too_long', 'content-length');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.maxBytes) this.fail('too_long', 'body');
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.settle({ fault: null, status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.settle({ fault: this.controller === null ? 'unreachable' : 'reset', detail: codeOf(error) });
  }

  expire(): void {
    this.fail(this.controller === null ? 'unreachable' : 'timeout', 'deadline');
  }

  private fail(fault: Fault, detail: string): void {
    this.settle({ fault, detail });
    this.controller?.abort(new Error(detail));
  }

  private settle(seen: Exchange): void {
    if (this.settled) return;
    this.settled = true;
    this.settleWith(seen);
  }
}

/** Sends one request, follows nothing, repeats nothing. Never rejects. */
export function exchange(agent: Agent, hop: Hop, limits: ExchangeLimits): Promise<Exchange> {
  const { signal } = limits;
  const { origin, pathname, search } = new URL(hop.url);
  return new Promise((resolve) => {
    const conversation = new Conversation((seen) => {
      signal.removeEventListener('abort', expire);
      resolve(seen);
    }, limits.maxBytes);
    const expire = (): void => conversation.expire();
    signal.addEventListener('abort', expire, { once: true });
    const headers = hop.body === null ? limits.headers : { 'content-type': 'application/json', ...limits.headers };
    const request = { origin, path: pathname + search, method: hop.method, headers, body: hop.body };
    agent.dispatch(request, conversation);
  });
}

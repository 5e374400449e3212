import { setTimeout as sleep } from 'node:timers/promises';
import { NOT_FOUND } from './documented.ts';
import { textReply, type Reply } from './reply.ts';

const TOKEN = '__modal_function_call_id';

interface Kept {
  readonly reply: Promise<Reply>;
  /** Redirects still to be given before the reply. */
  hops: number;
}

/**
 * The platform's edge: a request that takes too long is answered with 303 and a URL whose GET waits on for the same
 * reply. The id in that URL is the platform's own and no call_id.
 */
export class Edge {
  readonly #waitMs: number;
  readonly #kept = new Map<string, Kept>();
  readonly #closed = new AbortController();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** @returns the reply, or a redirect where it takes longer than the edge waits. */
  async through(reply: Promise<Reply>, path: string): Promise<Reply> {
    const waited = new AbortController();
    const signal = AbortSignal.any([waited.signal, this.#closed.signal]);
    const late = sleep(Math.min(2 ** 31 - 1, this.#waitMs), null, { signal }).catch(() => null);
    const first = await Promise.race([reply, late]);
    waited.abort();
    return first ?? this.defer(reply, path, 0);
  }

  /** Keeps a reply and redirects to it; `hops` more redirects follow. */
  defer(reply: Promise<Reply>, path: string, hops: number): Reply {
    const token = `fc-edge-${this.#kept.size + 1}`;
    this.#kept.set(token, { reply, hops });
    return seeOther(path, token);
  }

  /** @returns the reply that a redirect led to; null where the URL carries no token of ours. */
  async follow(url: URL): Promise<Reply | null> {
    const token = url.searchParams.get(TOKEN);
    if (token === null) return null;
    const kept = this.#kept.get(token);
    if (kept === undefined) return NOT_FOUND;
    if (kept.hops === 0) return this.through(kept.reply, url.pathname);
    kept.hops -= 1;
    return seeOther(url.pathname, token);
  }

  close(): void {
    this.#closed.abort();
  }
}

function seeOther(path: string, token: string): Reply {
  return textReply(303, '', { location: `${path}?${TOKEN}=${token}` });
}

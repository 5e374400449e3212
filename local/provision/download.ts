import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { SECOND_MS } from '../../domain/units.ts';

const QUIET_MS = 5 * SECOND_MS;

export interface Download {
  readonly url: string;
  /** Hexadecimal SHA-256 of the whole body. */
  readonly sha256: string;
  /** The file to write. */
  readonly file: string;
  /** Give up when nothing has come for so long; 5 s unless told. */
  readonly quietMs?: number;
}

/**
 * Downloads a file, by way of the proxy of the environment where there is one.
 * @throws an Error of one sentence where there is no answer, another status than 200, or other bytes than promised.
 */
export async function download({ url, sha256, file, quietMs = QUIET_MS }: Download): Promise<void> {
  const stop = new AbortController();
  const quiet = setTimeout(() => stop.abort(new Error(`nothing came for ${quietMs / SECOND_MS} s`)), quietMs);
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const response = await fetch(url, { signal: stop.signal, dispatcher });
    if (!response.ok || response.body === null) throw new Error(`the answer was ${response.status}`);
    const found = await save(response.body, file, () => quiet.refresh());
    if (found !== sha256) throw new Error(`the bytes have SHA-256 ${found} instead of ${sha256} and were thrown away`);
  } catch (cause) {
    throw new Error(`${url}: ${reason(cause)}`, { cause });
  } finally {
    clearTimeout(quiet);
    await dispatcher.destroy();
  }
}

async function save(body: AsyncIterable<Uint8Array>, file: string, onBytes: () => void): Promise<string> {
  const hash = createHash('sha256');
  const target = await open(file, 'w');
  try {
    for await (const chunk of body) {
      onBytes();
      hash.update(chunk);
      await target.write(chunk);
    }
  } finally {
    await target.close();
  }
  return hash.digest('hex');
}

/** The `fetch` of undici says "fetch failed" and keeps what happened as the cause. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return message === 'fetch failed' && cause instanceof Error ? cause.message || String(cause) : message;
}

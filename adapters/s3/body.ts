import { setTimeout as sleep } from 'node:timers/promises';
import { retryDelayMs } from './retry.ts';

/** One reply to a GET: the bytes from some offset to the end. */
export interface OpenBody {
  /** Ends, or fails where the connection breaks. */
  readonly stream: AsyncIterable<Uint8Array> & { destroy(error?: Error): unknown };
}

export interface BodySource {
  readonly first: OpenBody;
  /** Null where the server did not say. */
  readonly sizeBytes: number | null;
  readonly maxBytes: number | null;
  /** The same object, from this byte on. */
  resume(fromByte: number): Promise<OpenBody>;
  /** Made by whoever knows the object's name. */
  tooLarge(): Error;
  readonly signal: AbortSignal;
  readonly stallMs: number;
}

/** Breaks in a row without a single byte in between. */
const MAX_BARREN_BREAKS = 6;

class Break extends Error {
  override readonly name = 'BodyBroken';
}

/** The chunks of one reply; a wait of more than `stallMs` for one is a break. */
async function* chunks(stream: OpenBody['stream'], stallMs: number): AsyncGenerator<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => stream.destroy(new Break(`nothing came for ${stallMs} ms`)), stallMs);
      const next = await iterator.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stream.destroy();
  }
}

interface Progress {
  received: number;
  barren: number;
}

function isWhole(source: BodySource, progress: Progress): boolean {
  return source.sizeBytes !== null && progress.received >= source.sizeBytes;
}

/** Yields what one reply brings; returns what broke it, or null at its end. */
async function* pour(open: OpenBody, source: BodySource, progress: Progress): AsyncGenerator<Uint8Array, unknown> {
  const bytes = chunks(open.stream, source.stallMs);
  try {
    for (;;) {
      const next = await bytes.next().catch((error: unknown) => ({ broken: error }));
      if ('broken' in next) return isWhole(source, progress) ? null : next.broken;
      if (next.done === true) break;
      progress.received += next.value.byteLength;
      progress.barren = 0;
      if (source.maxBytes !== null && progress.received > source.maxBytes) throw source.tooLarge();
      yield next.value;
    }
    if (source.sizeBytes === null || isWhole(source, progress)) return null;
    return new Break(`the body ended after ${progress.received} of ${source.sizeBytes} bytes`);
  } finally {
    await bytes.return(undefined);
  }
}

/**
 * The whole object, however often its connection breaks or stalls: it is taken up again where it broke, as long as
 * bytes come in between. Throws what the last break was; what `signal` was aborted with; or that it is too large.
 */
export async function* wholeBody(source: BodySource): AsyncGenerator<Uint8Array> {
  const progress: Progress = { received: 0, barren: 0 };
  let open = source.first;
  for (;;) {
    const broken = yield* pour(open, source, progress);
    if (broken === null) return;
    source.signal.throwIfAborted();
    progress.barren += 1;
    if (progress.barren > MAX_BARREN_BREAKS) throw broken;
    await sleep(retryDelayMs(progress.barren, Math.random()));
    open = await source.resume(progress.received);
  }
}

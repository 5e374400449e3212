import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { MAX_DECODED_IN_FLIGHT_BYTES, decodedBytes, gate } from '../../domain/gate.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/units.ts';
import type { Rendering, TileRenderer, TileSource } from '../../ports/tile-renderer.ts';
import { createAdmission } from './admission.ts';
import { bytesFacts, headerFacts } from './facts.ts';
import { readHeader } from './header.ts';
import type { Header } from './header.ts';
import { identify } from './identify.ts';
import type { PictureJob } from './thread.ts';
import { decoderWords } from './unrenderable.ts';

export interface TileRendererOptions {
  /** Pictures that are prepared at once, one in a thread. */
  readonly threads: number;
  /** Milliseconds a picture may take before its thread is replaced; a minute. */
  readonly pictureMs?: number;
}

/** JavaScript objects of a thread; pixels lie outside this heap and are bounded by the gate. */
const THREAD_HEAP_MB = 512;

/** Threads run compiled files: from sources this is the built copy of the same file. */
function threadFile(): string {
  const here = fileURLToPath(import.meta.url);
  const built = here.endsWith('.ts')
    ? new URL('../../dist/adapters/sharp/thread.js', import.meta.url)
    : new URL('thread.js', import.meta.url);
  const path = fileURLToPath(built);
  if (!existsSync(path)) throw new Error(`${path} is missing; run "npm run build" first.`);
  return path;
}

function headerOrNull({ bytes }: TileSource): Header | null {
  try {
    return readHeader(identify(bytes), bytes);
  } catch {
    return null;
  }
}

/** Memory that a tile is going to take; nothing where it will be refused unread. */
function costOf(source: TileSource): number {
  const header = headerOrNull(source);
  if (header === null) return 0;
  const facts = { ...header, bands: header.layout.count };
  return gate(facts) === null ? decodedBytes(facts) : 0;
}

function failed(source: TileSource, code: 'decode_failed' | 'internal', message: string): Rendering {
  const header = headerOrNull(source);
  const facts = { ...bytesFacts(source), ...(header === null ? {} : headerFacts(source.key, header)) };
  return { ok: false, code, message, facts };
}

/** A copy that can change hands: the caller keeps its bytes. */
function jobOf({ key, bytes }: TileSource, image: ImageSpec): { job: PictureJob; transferList: ArrayBuffer[] } {
  const copy = Uint8Array.from(bytes);
  return { job: { source: { key, bytes: copy }, image }, transferList: [copy.buffer] };
}

function threadPool(threads: number): Piscina<PictureJob, Rendering> {
  return new Piscina<PictureJob, Rendering>({
    filename: threadFile(),
    minThreads: Math.min(1, threads),
    maxThreads: threads,
    idleTimeout: MINUTE_MS,
    // geotiff.js brings a module along that takes workerData apart wherever it is loaded.
    workerData: {},
    resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
  });
}

/**
 * Prepares tiles in worker threads, within the limits of memory for all of them together. A thread that is stuck costs
 * one tile (`internal`), one that runs out of memory, too (`decode_failed`); it is replaced.
 * @throws {Error} where the compiled thread is missing
 */
export function createTileRenderer({ threads, pictureMs = MINUTE_MS }: TileRendererOptions): TileRenderer {
  const pool = threadPool(threads);
  const admission = createAdmission({ places: threads, bytes: MAX_DECODED_IN_FLIGHT_BYTES });
  let closed = false;
  /** Of a thread that failed with no tile in it: it could not even start. */
  let broken: unknown = null;
  pool.on('error', (error) => {
    broken = error;
  });

  const inThread = async (source: TileSource, image: ImageSpec): Promise<Rendering> => {
    const { job, transferList } = jobOf(source, image);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), pictureMs);
    try {
      return await pool.run(job, { transferList, signal: limit.signal });
    } catch (error) {
      if (closed) return failed(source, 'internal', 'Preparation was stopped; run again.');
      if (broken !== null) return failed(source, 'internal', `Threads do not start (${decoderWords(broken)}); please report it.`);
      // A busy machine does that to sound tiles, too: no later run may take it for the tile's fault.
      if (limit.signal.aborted)
        return failed(
          source,
          'internal',
          `The tile was not prepared within ${pictureMs / SECOND_MS} s; the next run tries it again.`,
        );
      return failed(source, 'decode_failed', `The tile cannot be read (${decoderWords(error)}); write it again.`);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    render: async (source, image) => {
      const leave = await admission.enter(costOf(source));
      try {
        return await inThread(source, image);
      } finally {
        leave();
      }
    },
    close: async () => {
      closed = true;
      await pool.destroy();
    },
  };
}

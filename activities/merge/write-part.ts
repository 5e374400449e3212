import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import type { Part } from '../../domain/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { Meter } from '../meter.ts';
import type { Batch } from './batches.ts';

interface Body {
  readonly path: string;
  readonly batches: () => AsyncIterable<Batch>;
}

interface Measured {
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
}

/** Sends what `body` holds through `send`, and measures all of it, also what `send` did not want to see. */
async function measured(body: Body, send: (chunks: AsyncIterable<Uint8Array>) => Promise<void>): Promise<Measured> {
  const meter = new Meter();
  let lines = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const batch of body.batches()) {
      lines += batch.lines;
      yield batch.bytes;
    }
  }
  await send(meter.through(counted()));
  return { bytes: meter.bytes, lines, sha256: meter.sha256() };
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of chunks);
}

async function sha256Of(store: ObjectStore, at: S3Location): Promise<string> {
  const meter = new Meter();
  await drained(meter.through(await store.get(at)));
  return meter.sha256();
}

/**
 * Streams a part into its place. A part that is there already must be this one.
 * @throws Failure `internal` where other bytes are there; ObjectStoreError
 */
export async function writePart(store: ObjectStore, at: S3Location, body: Body): Promise<Part> {
  let result = '';
  const sent = await measured(body, async (chunks) => {
    result = await store.upload(at, chunks);
  });
  if (result === 'created') return { path: body.path, ...sent };
  const ours = await measured(body, drained);
  if ((await sha256Of(store, at)) === ours.sha256) return { path: body.path, ...ours };
  throw new Failure(
    'Internal',
    `${s3Uri(at)} holds other bytes than the records of this run make. Nothing was overwritten; keep the run's folder for a report of this error and start a run with a new id.`,
  );
}

import { createHash } from 'node:crypto';
import { inRun, PATHS, type S3Location } from '../../domain/layout.ts';
import type { Frozen, RunRef } from '../../domain/run.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { parseFrozen, parseListed, type Listed } from '../../schema/frozen.ts';
import { putOnce } from '../put-once.ts';
import { documentOf, readIfThere, readObject } from '../read-object.ts';
import type { IgnoredCounts } from './candidate.ts';
import { inOrder } from './in-order.ts';

/** How far the input is frozen. */
export interface Reached {
  readonly ranges: Frozen['ranges'];
  /** The last tile of the last range. */
  readonly cut: S3Location | null;
  readonly inputs: number;
  readonly ignored: IgnoredCounts;
  readonly end: boolean;
  /** Of the object that names the tiles. */
  readonly etag: string | null;
}

/** Nothing is frozen. */
export const UNREACHED: Reached = { ranges: [], cut: null, inputs: 0, ignored: IGNORED_NONE, end: false, etag: null };
const READS_AT_ONCE = 16;

/** @returns what a part's bytes are known by. */
export function partFacts(bytes: Uint8Array, lines: number): Frozen['ranges'][number] {
  return { lines, bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** @returns where the run stands after one more part. */
export function withListed(reached: Reached, listed: Listed): Reached {
  return {
    ranges: listed.part === null ? reached.ranges : [...reached.ranges, listed.part],
    cut: { bucket: listed.last_bucket, key: listed.last_key },
    inputs: listed.inputs,
    ignored: listed.ignored,
    end: listed.end,
    etag: listed.source_etag,
  };
}

async function* listedRanges(output: ObjectStore, ref: RunRef): AsyncGenerator<number> {
  let range = 0;
  const folder = inRun(ref, PATHS.listed(0)).key.replace(/[^/]+$/u, '');
  for await (const page of output.list({ bucket: ref.bucket, prefix: folder })) {
    for (const _ of page) {
      yield range;
      range += 1;
    }
  }
}

/** @returns how far earlier attempts have come. @throws ObjectStoreError, Failure `Internal` */
export async function readReached(output: ObjectStore, ref: RunRef): Promise<Reached> {
  const read = async (range: number): Promise<Listed> => {
    const at = inRun(ref, PATHS.listed(range));
    return documentOf(await readObject(output, at), at, parseListed);
  };
  const all: Listed[] = [];
  for await (const listed of inOrder(listedRanges(output, ref), READS_AT_ONCE, read)) all.push(listed);
  const [last] = all.slice(-1);
  if (last === undefined) return UNREACHED;
  const ranges = all.flatMap(({ part }) => (part === null ? [] : [part]));
  return { ...withListed(UNREACHED, last), ranges };
}

/** Says once how far the input had been read when a part was written. @returns what holds, ours or another's. */
export async function putListed(output: ObjectStore, ref: RunRef, listed: Listed): Promise<{ listed: Listed; ours: boolean }> {
  const at = inRun(ref, PATHS.listed(listed.range));
  const put = await putOnce(output, at, Buffer.from(JSON.stringify(listed)));
  return put === 'written' ? { listed, ours: true } : { listed: documentOf(put.adopted, at, parseListed), ours: false };
}

/** @returns what is frozen, or null. @throws ObjectStoreError, Failure `Internal` */
export async function frozenIfThere(output: ObjectStore, ref: RunRef): Promise<Frozen | null> {
  const at = inRun(ref, PATHS.frozen);
  const bytes = await readIfThere(output, at);
  return bytes === null ? null : documentOf(bytes, at, parseFrozen);
}

/** Says that the input is complete. @returns what holds, ours or another's. @throws ObjectStoreError, Failure `Internal` */
export async function putFrozen(output: ObjectStore, ref: RunRef, reached: Reached): Promise<Frozen> {
  const at = inRun(ref, PATHS.frozen);
  const { inputs, ranges, ignored } = reached;
  const frozen: Frozen = { schema_version: 1, inputs, ranges, ignored };
  const put = await putOnce(output, at, Buffer.from(JSON.stringify(frozen)));
  return put === 'written' ? frozen : documentOf(put.adopted, at, parseFrozen);
}

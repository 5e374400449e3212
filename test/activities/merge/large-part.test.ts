import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createMerge } from '../../../activities/merge/merge.ts';
import { inRun, PATHS, type S3Location } from '../../../domain/layout.ts';
import type { Run, RunRef } from '../../../domain/run.ts';
import { MIB } from '../../../domain/units.ts';
import type { PutResult } from '../../../ports/object-store.ts';
import { CAPTION, recordOf, RUN } from '../../report/fixture.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { layManifest, tileOf } from '../range-log.ts';

const REF: RunRef = { runId: RUN.runId, bucket: 'results', prefix: 'harbours/run=harbours-1/' };
const CAPTIONS_ONLY: Run = { ...RUN, spec: { ...RUN.spec, tasks: [CAPTION] } };
const SLICES = 9;
const PER_SLICE = 500;
const TEXT = 'Containers, cranes and quays. '.repeat(530);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** @returns bytes that are still held. */
function held(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function keyOf(slice: number, place: number): string {
  return `tiles/${String(place * SLICES + slice).padStart(6, '0')}.tif`;
}

/** A store whose slices are made while they are read and whose parts are only measured, so that it holds none of them. */
class PassingStore extends MemoryStore {
  bytes = 0;
  sha256 = '';
  most = 0;

  override get(at: S3Location) {
    const n = Number(/caption\/0\/(\d+)\.jsonl$/u.exec(at.key)?.[1] ?? -1);
    return n < 0 ? super.get(at) : Promise.resolve(this.#slice(n));
  }

  override async upload(at: S3Location, body: AsyncIterable<Uint8Array>): Promise<PutResult> {
    if (!at.key.includes('/captions/')) return super.upload(at, body);
    const hash = createHash('sha256');
    let looked = 0;
    for await (const chunk of body) {
      hash.update(chunk);
      this.bytes += chunk.byteLength;
      if (this.bytes - looked < 8 * MIB) continue;
      looked = this.bytes;
      this.most = Math.max(this.most, held());
    }
    this.sha256 = hash.digest('hex');
    return 'created';
  }

  async *#slice(n: number): AsyncGenerator<Uint8Array> {
    const slices = { 0: Array.from({ length: SLICES }, (_, at) => at) };
    yield Buffer.from(`${JSON.stringify({ kind: 'slice', n, state: { slices } })}\n`);
    for (let place = 0; place < PER_SLICE; place += 1) {
      yield Buffer.from(`${JSON.stringify({ range: 0, record: recordOf({ key: keyOf(n, place), text: TEXT }) })}\n`);
    }
  }
}

test('a part of more than 64 MiB is sorted and streamed while a fraction of it is held', async () => {
  const store = new PassingStore(['imagery', 'results']);
  const keys = Array.from({ length: SLICES * PER_SLICE }, (_, at) => keyOf(at % SLICES, Math.floor(at / SLICES)));
  layManifest(
    store,
    { ref: REF, range: 0 },
    keys.map((key) => tileOf(key)),
  );
  const scratch = { folder: tmpdir(), heldChars: 4 * MIB };
  const merge = createMerge({ stores: store, readRun: async () => CAPTIONS_ONLY, scratch });
  const pulse = { beat: () => undefined, signal: new AbortController().signal };
  const before = held();
  const ends = [{ lane: 'caption', strand: 0, n: SLICES - 1 }];
  const result = await merge({ ...REF, range: 0, ends, partial: false }, pulse);

  expect(result).toMatchObject({ ok: keys.length, missing: 0, duplicates: 0 });
  const hash = createHash('sha256');
  for (const key of keys) hash.update(`${JSON.stringify(recordOf({ key, text: TEXT }))}\n`);
  expect(store.sha256).toBe(hash.digest('hex'));
  expect(store.bytes).toBeGreaterThan(64 * MIB);
  expect(store.most - before).toBeLessThan(24 * MIB);
  const [part] = (JSON.parse(store.text(`s3://results/${inRun(REF, PATHS.merged(0)).key}`)) as { parts: unknown[] }).parts;
  expect(part).toMatchObject({ path: 'captions/part-00000.jsonl', bytes: store.bytes, sha256: store.sha256 });
});

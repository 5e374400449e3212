import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMerge } from '../../../activities/merge/merge.ts';
import { readObject } from '../../../activities/read-object.ts';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import { inRun, PATHS } from '../../../domain/layout.ts';
import type { Merged, RunRef } from '../../../domain/run.ts';
import type { ObjectStores } from '../../../ports/object-store.ts';
import { recordOf, RUN, shipsOf } from '../../report/fixture.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';
import { layLog, layManifest, tileOf } from '../range-log.ts';

const KEYS = Array.from({ length: 300 }, (_, at) => `tiles/${(at * 7) % 300}/🚢 =+%20.tif`);
let stores: ObjectStores & { close(): void };
let ref: RunRef;

beforeAll(async () => {
  stores = createObjectStores(sharedServers().environment);
  ref = { runId: RUN.runId, bucket: await createTestBucket(), prefix: 'out/run=harbours-1/' };
});
afterAll(() => stores.close());

test('over an S3 server, two merges of a range at once and one after them leave one set of parts', async () => {
  const draft = new MemoryStore([ref.bucket]);
  layManifest(
    draft,
    { ref, range: 0 },
    KEYS.map((key) => tileOf(key)),
  );
  const ends = [
    layLog(
      draft,
      { ref, lane: 'caption' },
      KEYS.map((key, at) => ({ slice: at % 7, range: 0, record: recordOf({ key }) })),
    ),
    layLog(
      draft,
      { ref, lane: 'vqa' },
      KEYS.map((key, at) => ({ slice: at % 5, range: 0, record: shipsOf(key) })),
    ),
  ];
  const store = stores.output({});
  for (const key of draft.keys(ref.bucket)) await store.put({ bucket: ref.bucket, key }, draft.text(`s3://${ref.bucket}/${key}`));

  const merge = createMerge({ stores, readRun: async () => RUN });
  const pulse = { beat: () => undefined, signal: new AbortController().signal };
  const args = { ...ref, range: 0, ends, partial: false };
  const results = await Promise.all([merge(args, pulse), merge(args, pulse)]);
  expect([...results, await merge(args, pulse)]).toEqual(
    Array.from({ length: 3 }, () => ({ ok: 600, failed: 0, skipped: 0, cancelled: 0, missing: 0, duplicates: 0 })),
  );
  const merged = JSON.parse(Buffer.from(await readObject(store, inRun(ref, PATHS.merged(0)))).toString()) as Merged;
  expect(merged.parts.map(({ path, lines }) => [path, lines])).toEqual([
    ['answers/part-00000.jsonl', 300],
    ['captions/part-00000.jsonl', 300],
  ]);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createObjectStores } from '../../adapters/s3/store.ts';
import type { EndedRun } from '../../current/ports.ts';
import { rebuildCurrent } from '../../current/rebuild.ts';
import { updateCurrent } from '../../current/update.ts';
import { readExistingView } from '../../current/view.ts';
import type { TileRecord } from '../../domain/record.ts';
import { createTestBucket, sharedServers } from '../support/servers.ts';
import { captionIn, emptyOutput, layRun, OUTPUT, portsOn } from './laid-run.ts';

const RUNS = 6;

let stores: ReturnType<typeof createObjectStores>;
beforeAll(() => {
  stores = createObjectStores(sharedServers().environment);
});
afterAll(() => stores.close());

/** Runs in a bucket of their own; each has a tile for itself, and one that all have. */
async function storedRuns(bucket: string): Promise<EndedRun[]> {
  const store = emptyOutput();
  const runs = Array.from({ length: RUNS }, (_, n) => {
    const records = ['all.tif', `only/${n}.tif`].map((key) => captionIn(`r${n}`, key, n * 10 + 1));
    return layRun(store, { runId: `r${n}`, began: n * 10, records });
  });
  for (const key of store.keys(OUTPUT.bucket)) await stores.output({}).put({ bucket, key }, store.text(`s3://results/${key}`));
  return runs.map((run) => ({ ...run, place: { ...run.place, bucket } }));
}

async function linesOf(bucket: string): Promise<string[]> {
  const { parts } = await readExistingView(stores.pointers({}), { ...OUTPUT, bucket });
  const found: string[] = [];
  for (const { path } of parts) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await stores.output({}).get({ bucket, key: `${OUTPUT.prefix}current/${path}` })) chunks.push(chunk);
    const records = Buffer.concat(chunks).toString().trimEnd().split('\n');
    found.push(...records.map((line) => JSON.parse(line) as TileRecord).map(({ key, run_id }) => `${key} ${run_id}`));
  }
  return found;
}

const EXPECTED = [`all.tif r${RUNS - 1}`, ...Array.from({ length: RUNS }, (_, n) => `only/${n}.tif r${n}`)];

describe('the current view in S3', () => {
  test('has everything of runs that end at once', async () => {
    const bucket = await createTestBucket('current');
    const ports = portsOn(emptyOutput(), { store: stores.output({}), pointers: stores.pointers({}) });
    const runs = await storedRuns(bucket);
    const updated = await Promise.all(runs.map((run) => updateCurrent(ports, run)));
    expect(updated.map(({ generation }) => generation).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await linesOf(bucket)).toEqual(EXPECTED);
    const rebuilt = await rebuildCurrent(ports, { ...OUTPUT, bucket }, { force: false, progress: () => undefined });
    expect(rebuilt.view).toMatchObject({ generation: 7, records: RUNS + 1 });
    expect(await linesOf(bucket)).toEqual(EXPECTED);
  });
});

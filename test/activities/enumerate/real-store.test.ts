import { describe, expect, it, onTestFinished } from 'vitest';
import { createEnumerate } from '../../../activities/enumerate.ts';
import { createRunReader } from '../../../activities/load-run.ts';
import { readTilesArray } from '../../../activities/manifest-reader.ts';
import { createOpenRun, type OpenedRun } from '../../../activities/open-run.ts';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import type { Tile } from '../../../domain/tile.ts';
import type { ObjectStores } from '../../../ports/object-store.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';
import { CONFIGURATION, quiet } from '../run-fixture.ts';

const ODD = [
  '\u{1F6F0}.tif',
  '\uFFFD.tif',
  'a\nb.tif',
  'sp ace+plus%20.tif',
  '<img onerror>.tif',
  '=cmd.tif',
  'é.tif',
  'e\u0301.tif',
  '&amp;.tif',
  'quote\'".tif',
];

interface Place {
  readonly stores: ObjectStores;
  readonly bucket: string;
}

async function bucketWith(keys: readonly string[]): Promise<Place> {
  const stores = createObjectStores(sharedServers().environment);
  onTestFinished(() => stores.close());
  const bucket = await createTestBucket();
  const tiles = stores.output({});
  for (const key of keys) await tiles.put({ bucket, key: `t/${key}` }, 'x');
  return { stores, bucket };
}

async function open({ stores, bucket }: Place, input: string): Promise<OpenedRun> {
  const spec = {
    dataset: 'd',
    input: { uri: `s3://${bucket}/${input}` },
    output: { uri: `s3://${bucket}/results/` },
    tasks: [{ id: 'caption', kind: 'caption' }],
  };
  const openRun = createOpenRun({ stores, configuration: CONFIGURATION, versions: {}, nonce: () => 'one' });
  return openRun({ spec, runId: 'r1', startedAt: '2026-01-01T00:00:00Z' });
}

async function freeze({ stores }: Place, { ref }: OpenedRun, rangeTiles: number): Promise<Tile[]> {
  const read = createRunReader(stores);
  const { ranges } = await createEnumerate({ stores, readRun: async (of) => ({ ...(await read(of)), rangeTiles }) })(
    { ref },
    quiet(),
  );
  const parts: Tile[][] = [];
  for (let range = 0; range < ranges; range += 1) parts.push(await readTilesArray(stores.output({}), { ref, range }));
  return parts.flat();
}

const inBytes = (keys: readonly string[]): string[] =>
  keys
    .map((key) => Buffer.from(`t/${key}`))
    .toSorted(Buffer.compare)
    .map(String);

describe('over a real S3 server', () => {
  it('a prefix is frozen byte-exact and in order', async () => {
    const place = await bucketWith(ODD);
    const tiles = await freeze(place, await open(place, 't/'), 3);
    expect(tiles.map(({ key }) => key)).toEqual(inBytes(ODD));
    expect(tiles.every(({ etag, size }) => etag !== null && !etag.includes('"') && size === 1)).toBe(true);
  });

  it('a list of keys is frozen byte-exact and in order, with the keys that are not there', async () => {
    const place = await bucketWith(ODD);
    const named = [...ODD, 'gone.tif', ...ODD].map((key) => JSON.stringify({ key: `t/${key}` }));
    await place.stores.output({}).put({ bucket: place.bucket, key: 'list.jsonl' }, named.join('\n'));
    const tiles = await freeze(place, await open(place, 'list.jsonl'), 4);
    expect(tiles.map(({ key }) => key)).toEqual(inBytes([...ODD, 'gone.tif']));
    expect(tiles.filter(({ etag }) => etag === null).map(({ key }) => key)).toEqual(['t/gone.tif']);
  });

  it('a bucket that is not there is told from an empty prefix', async () => {
    const place = await bucketWith([]);
    await expect(open({ ...place, bucket: `${place.bucket}-gone` }, 't/')).rejects.toMatchObject({ kind: 'NotFound' });
    await expect(freeze(place, await open(place, 't/'), 3)).rejects.toThrow('nothing is there');
  });
});

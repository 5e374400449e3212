import { describe, expect, it, onTestFinished } from 'vitest';
import { createEnumerate } from '../../../activities/enumerate.ts';
import { createRunReader } from '../../../activities/load-run.ts';
import { readTilesArray } from '../../../activities/manifest-reader.ts';
import { createOpenRun, type OpenedRun } from '../../../activities/open-run.ts';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import type { Tile } from '../../../domain/tile.ts';
import type { ObjectStores } from '../../../ports/object-store.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';
import { reportObjects, reportUri } from '../inventory-report.ts';
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

  it.each(['CSV', 'Parquet'] as const)('an inventory in %s is frozen byte-exact and in order', async (format) => {
    const place = await bucketWith([]);
    const { bucket } = place;
    const rows = ODD.map((key) => ({ Key: `t/${key}` }));
    for (const [at, bytes] of reportObjects({ format, source: bucket, bucket, files: [rows.slice(3), rows.slice(0, 3)] }))
      await place.stores.output({}).put(at, bytes);
    const tiles = await freeze(place, await open(place, reportUri(bucket).slice(`s3://${bucket}/`.length)), 4);
    expect(tiles.map(({ key }) => key)).toEqual(inBytes(ODD));
    expect(tiles.every(({ etag, size }) => etag !== null && size === 1)).toBe(true);
  });

  it('a static catalog is frozen byte-exact and in order, with what it says', async () => {
    const place = await bucketWith(ODD);
    const output = place.stores.output({});
    const links = ODD.map((_, n) => ({ rel: 'item', href: `./i/${n}.json` }));
    await output.put({ bucket: place.bucket, key: 'stac/catalog.json' }, JSON.stringify({ type: 'Catalog', links }));
    for (const [n, key] of ODD.entries()) {
      const assets = { visual: { href: `../../t/${key}` } };
      const document = { type: 'Feature', id: `${n}`, properties: { gsd: n + 1 }, assets };
      await output.put({ bucket: place.bucket, key: `stac/i/${n}.json` }, JSON.stringify(document));
    }
    const tiles = await freeze(place, await open(place, 'stac/catalog.json'), 4);
    expect(tiles.map(({ key }) => key)).toEqual(inBytes(ODD));
    for (const { key, etag, catalog } of tiles)
      expect([etag === null, catalog?.gsd_m]).toEqual([false, ODD.indexOf(key.slice(2)) + 1]);
  });

  it('a bucket that is not there is told from an empty prefix', async () => {
    const place = await bucketWith([]);
    await expect(open({ ...place, bucket: `${place.bucket}-gone` }, 't/')).rejects.toMatchObject({ kind: 'NotFound' });
    await expect(freeze(place, await open(place, 't/'), 3)).rejects.toThrow('nothing is there');
  });
});

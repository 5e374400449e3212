import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StacDocuments } from '../../../activities/enumerate/stac-documents.ts';
import { enumerateOn, everything, frozenOf, images, manifestOf, quiet, runOver, tilesIn, type RunStore } from '../run-fixture.ts';
import { sortsInAFolderOfItsOwn } from './sorting-folder.ts';

interface Said {
  readonly bbox?: readonly number[];
  readonly datetime?: string;
  readonly gsd?: number;
}

function item(id: string, href: string, { bbox, ...properties }: Said = {}): object {
  const assets = { visual: { href, type: 'image/tiff' } };
  return { type: 'Feature', stac_version: '1.1.0', id, bbox, properties, assets, links: [] };
}

const collection = (...features: object[]): object => ({ type: 'FeatureCollection', features });
const catalog = (...links: [string, string][]): object => ({
  type: 'Catalog',
  stac_version: '1.1.0',
  id: 'c',
  links: [{ rel: 'root', href: './catalog.json' }, ...links.map(([rel, href]) => ({ rel, href }))],
});

function holding(documents: Record<string, object>, ...tiles: string[]): RunStore {
  const s3 = images(...tiles);
  for (const [key, document] of Object.entries(documents)) s3.fill('images', [key], JSON.stringify(document));
  return s3;
}

const SAID: Said = { bbox: [4, 51, 5, 52], datetime: '2026-11-01T10:00:00Z', gsd: 10 };
const moments = fc.constantFrom('2026-11-01T10:00:00.000Z', '2026-11-02T10:00:00.000Z');
const SEARCH = { uri: 's3://images/stac/search.geojson' };
const ROOT = { uri: 's3://images/stac/catalog.json' };
const PART = 'o/run=r1/manifest/part-00000.jsonl';

sortsInAFolderOfItsOwn();

describe('the manifest of an ItemCollection', () => {
  it('holds the picture of each Item, sorted, with what one HEAD and the Item said', async () => {
    const features = [item('b', '../t/b.tif', SAID), item('a', 's3://images/t/a.tif'), item('g', '../t/gone.tif')];
    const s3 = holding({ 'stac/search.geojson': collection(...features) }, 't/a.tif', 't/b.tif');
    expect(await enumerateOn(s3, runOver(SEARCH))).toMatchObject({ inputs: 3, ranges: 1 });
    const [a, b, gone] = tilesIn(s3, PART);
    expect(a).not.toHaveProperty('catalog');
    expect(b).toMatchObject({ key: 't/b.tif', size: 1, version_id: null });
    expect(b?.catalog).toEqual({ bbox: [4, 51, 5, 52], datetime: '2026-11-01T10:00:00.000Z', gsd_m: 10 });
    expect(gone).toMatchObject({ key: 't/gone.tif', etag: null, size: null });
    expect(s3.calls.filter(({ verb, key }) => verb === 'head' && key.startsWith('t/'))).toHaveLength(3);
  });

  it('takes the asset that the spec names', async () => {
    const two = { ...item('a', '../t/a.tif'), assets: { visual: { href: '../t/v.tif' }, B04: { href: '../t/b4.tif', gsd: 20 } } };
    const s3 = holding({ 'stac/search.geojson': two });
    await enumerateOn(s3, runOver({ ...SEARCH, asset: 'B04' }));
    expect(tilesIn(s3, PART).map(({ key, catalog: says }) => [key, says?.gsd_m])).toEqual([['t/b4.tif', 20]]);
  });

  it('has the same tiles in whatever order the Items come', async () => {
    const items = [1, 2, 3, 4, 5, 6].map((n) => item(`i${n}`, `../t/${n % 4}.tif`));
    const run = runOver({ ...SEARCH, exclude: ['t/3.tif'] }, 2);
    const whole = holding({ 'stac/search.geojson': collection(...items) });
    await enumerateOn(whole, run);
    expect(frozenOf(whole).ignored).toMatchObject({ duplicate: 2, excluded: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(items, { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        async (some, keep) => {
          const s3 = holding({ 'stac/search.geojson': collection(...some) });
          await enumerateOn(s3, run, keep);
          expect(manifestOf(s3)).toEqual(manifestOf(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has of several Items that name one picture each fact from the first that says it', async () => {
    const fact = { bbox: fc.constantFrom([4, 51, 5, 52], [0, 0, 1, 1]), datetime: moments, gsd: fc.integer({ min: 1, max: 9 }) };
    const saying = fc.array(fc.record(fact, { requiredKeys: [] }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(saying, fc.integer({ min: 1, max: 6 }), async (all, keep) => {
        const s3 = holding({ 'stac/search.geojson': collection(...all.map((said, n) => item(`i${n}`, '../t/a.tif', said))) });
        await enumerateOn(s3, runOver(SEARCH), keep);
        const first = <Fact>(of: (said: Said) => Fact | undefined): Fact | null =>
          all.map(of).find((value) => value !== undefined) ?? null;
        const says = {
          bbox: first(({ bbox }) => bbox),
          datetime: first(({ datetime }) => datetime),
          gsd_m: first(({ gsd }) => gsd),
        };
        const isSaid = Object.values(says).some((value) => value !== null);
        expect(tilesIn(s3, PART)).toEqual([expect.objectContaining({ key: 't/a.tif', ...(isSaid ? { catalog: says } : {}) })]);
        expect(frozenOf(s3).ignored).toMatchObject({ duplicate: all.length - 1 });
      }),
      { numRuns: 40 },
    );
  });

  it('is refused with every Item that has no picture, up to 20 at once', async () => {
    const bad = [
      { ...item('none', 'x'), assets: { thumb: { href: 't.png' } } },
      { ...item('bare', 'x'), assets: undefined },
      [7],
      item('far', 'https://example.org/a.tif'),
    ];
    const s3 = holding({ 'stac/search.geojson': collection(item('fine', 'a.tif'), ...bad) });
    await expect(enumerateOn(s3, runOver(SEARCH))).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: [
        'Items of s3://images/stac/search.geojson without a picture that can be read; name the asset in input.asset, or correct them:',
        '  none (s3://images/stac/search.geojson): no asset visual, and none with the role data and the type of a TIFF, JPEG, PNG or WebP; it has thumb',
        '  bare (s3://images/stac/search.geojson): it has no assets, so it is no STAC Item',
        '  features[3] (s3://images/stac/search.geojson): [7]; expected a STAC Item',
        '  far (s3://images/stac/search.geojson): "https://example.org/a.tif" is not in S3; expected a relative href, s3://, or an https address of S3 without a query',
      ].join('\n'),
    });
    const many = holding({
      'stac/search.geojson': collection(...Array.from({ length: 50 }, (_, n) => item(`i${n}`, 'ftp://x'))),
    });
    const failure: unknown = await enumerateOn(many, runOver(SEARCH)).catch((error: unknown) => error);
    expect(String(failure).split('\n')).toHaveLength(21);
  });
});

describe('the manifest of a static catalog', () => {
  const documents = {
    'stac/catalog.json': catalog(['child', './2026/collection.json'], ['item', 'loose.json']),
    'stac/loose.json': item('loose', './loose.tif'),
    'stac/2026/collection.json': {
      ...catalog(['item', 'i/a.json'], ['item', 's3://images/stac/2026/i/b.json'], ['child', '../catalog.json']),
      type: 'Collection',
    },
    'stac/2026/i/a.json': item('a', './a.tif', SAID),
    'stac/2026/i/b.json': item('b', '../../../t/b.tif'),
  };

  it('follows links from each document’s own place, and circles once', async () => {
    const s3 = holding(documents);
    expect(await enumerateOn(s3, runOver(ROOT))).toMatchObject({ inputs: 3 });
    expect(manifestOf(s3)).toEqual([['stac/2026/i/a.tif', 'stac/loose.tif', 't/b.tif']]);
    const read = s3.calls.filter(({ verb, bucket }) => verb === 'get' && bucket === 'images').map(({ key }) => key);
    expect(read.toSorted()).toEqual(Object.keys(documents).toSorted());
  });

  it('is the same after an attempt that was cut off, and refused where a document changed meanwhile', async () => {
    const cutOff = async (): Promise<RunStore> => {
      const s3 = holding(documents);
      s3.hooks.failNext(({ verb, key }) => verb === 'put' && key.endsWith('part-00001.jsonl'));
      await expect(enumerateOn(s3, runOver(ROOT, 2))).rejects.toMatchObject({ kind: 'Unreachable' });
      return s3;
    };
    const [whole, again, changed] = [holding(documents), await cutOff(), await cutOff()];
    await enumerateOn(whole, runOver(ROOT, 2));
    await enumerateOn(again, runOver(ROOT, 2));
    expect(everything(again)).toEqual(everything(whole));
    changed.fill('images', ['stac/loose.json'], JSON.stringify(item('loose', './other.tif')));
    await expect(enumerateOn(changed, runOver(ROOT, 2))).rejects.toThrow(
      's3://images/stac/catalog.json changed while it was read',
    );
  });

  it.each([
    [
      'a link leads nowhere',
      catalog(['item', 'gone.json']),
      's3://images/stac/gone.json is not there, although s3://images/stac/catalog.json links to it.',
    ],
    [
      'a link leaves S3',
      catalog(['child', 'https://example.org/c.json']),
      'its link "child" goes to "https://example.org/c.json", which is not in S3',
    ],
    ['it has no Item', catalog(), 'no STAC Item is in it or behind its links. Name a document that leads to Items.'],
    [
      'it is something else',
      { a: 1 },
      's3://images/stac/catalog.json cannot be used as STAC: its type is missing; expected a STAC Item, ItemCollection, Catalog or Collection.',
    ],
  ])('is refused where %s', async (_name, document, message) => {
    await expect(enumerateOn(holding({ 'stac/catalog.json': document }), runOver(ROOT))).rejects.toThrow(message);
  });

  it('is refused beyond a depth and a number of documents', async () => {
    const chain = Array.from({ length: 20 }, (_, n) => [
      n === 0 ? 'stac/catalog.json' : `stac/${n}.json`,
      catalog(['child', `${n + 1}.json`]),
    ]);
    await expect(enumerateOn(holding(Object.fromEntries(chain) as Record<string, object>), runOver(ROOT))).rejects.toThrow(
      's3://images/stac/catalog.json cannot be used as STAC: its links go deeper than 16 levels; name a catalog further down.',
    );
    const at = { bucket: 'images', key: 'stac/catalog.json' };
    const documentsOf = async (): Promise<void> => {
      const reading = { store: holding(documents), at, pulse: quiet(), mostDocuments: 3 };
      for await (const _ of new StacDocuments(reading).all());
    };
    await expect(documentsOf()).rejects.toThrow(
      'it leads to more than 3 documents; name an ItemCollection, or a catalog further down.',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseStac, type StacDocument } from '../../schema/stac.ts';

const ITEM = { type: 'Feature', stac_version: '1.1.0', id: 'i', properties: {}, assets: {}, links: [] };

function read(document: unknown): StacDocument {
  const found = parseStac(JSON.stringify(document));
  if (typeof found === 'string') throw new Error(found);
  return found;
}

function says(over: object): object | undefined {
  const [item] = read({ ...ITEM, ...over }).items;
  return item !== undefined && 'says' in item ? item.says : undefined;
}

describe('a STAC Item', () => {
  it.each([
    [{ bbox: [1, 2, 3, 4] }, { bbox: [1, 2, 3, 4] }],
    [{ bbox: [179, -20, 0, -179, -10, 50] }, { bbox: [179, -20, -179, -10] }],
    [{ bbox: [500_000, 1, 600_000, 2] }, { bbox: null }],
    [{ bbox: [1, 2, 3] }, { bbox: null }],
    [{ bbox: [1, 2, 3, 'x'] }, { bbox: null }],
    [{ properties: { datetime: '2026-11-01T10:00:00+05:30' } }, { datetime: '2026-11-01T04:30:00.000Z' }],
    [{ properties: { datetime: '2026-11-01t10:00:00.25z' } }, { datetime: '2026-11-01T10:00:00.250Z' }],
    [{ properties: { datetime: null, start_datetime: '2026-11-01T00:00:00Z' } }, { datetime: '2026-11-01T00:00:00.000Z' }],
    [{ properties: { datetime: 'yesterday' } }, { datetime: null }],
    [{ properties: { datetime: '2026-02-30T00:00:00Z' } }, { datetime: null }],
    [{ properties: { gsd: 0.5 } }, { gsd_m: 0.5 }],
    [{ properties: { gsd: 0 } }, { gsd_m: null }],
    [{}, { bbox: null, datetime: null, gsd_m: null }],
  ])('that has %j says %j', (over, expected) => {
    expect(says(over)).toMatchObject(expected);
  });

  it('has its assets by name, those with an href', () => {
    const assets = { visual: { href: 'v.tif', type: 'image/tiff', roles: ['visual', 7], gsd: 10 }, x: {}, y: { href: 'y' } };
    const [item] = read({ ...ITEM, assets }).items;
    expect(item !== undefined && 'assets' in item ? [...item.assets] : []).toEqual([
      ['visual', { href: 'v.tif', type: 'image/tiff', roles: ['visual'], gsd_m: 10 }],
      ['y', { href: 'y', type: null, roles: [], gsd_m: null }],
    ]);
  });
});

it('an ItemCollection holds the Items that are none beside the others, each with what is wrong', () => {
  const features = [7, ITEM, { ...ITEM, assets: [] }, { type: 'Feature' }, { ...ITEM, type: 'Item' }];
  const { items } = read({ type: 'FeatureCollection', features });
  expect(items.map((item) => ('problem' in item ? [item.id, item.problem] : item.id))).toEqual([
    ['features[0]', '7; expected a STAC Item'],
    'i',
    ['i', 'it has no assets, so it is no STAC Item'],
    ['features[3]', 'it has no assets, so it is no STAC Item'],
    ['i', 'its type is "Item"; expected "Feature"'],
  ]);
});

describe('a catalog', () => {
  it('leads to children and Items, not to its parents or anything else', () => {
    const links = ['root', 'self', 'parent', 'child', 'item', 'license'].map((rel) => ({ rel, href: `${rel}.json` }));
    const expected = {
      items: [],
      links: [
        { rel: 'child', href: 'child.json' },
        { rel: 'item', href: 'item.json' },
      ],
    };
    expect(read({ type: 'Catalog', id: 'c', links })).toEqual(expected);
    expect(read({ type: 'Collection', id: 'c', links })).toEqual(expected);
    expect(read({ stac_version: '0.9.0', id: 'c', links })).toEqual(expected);
  });
});

describe('what is no STAC', () => {
  it.each([
    ['{', 'it is not JSON: '],
    ['[]', 'it is []; expected a STAC Item, ItemCollection, Catalog or Collection'],
    ['{"type":"Topology"}', 'its type is "Topology"; expected'],
    ['{"type":"constructor"}', 'its type is "constructor"; expected'],
    ['{"tiles":[]}', 'its type is missing; expected'],
    ['{"type":"FeatureCollection"}', 'the FeatureCollection has no features'],
    [
      '{"type":"FeatureCollection","features":[],"links":[{"rel":"next","href":"x"}]}',
      'it is one page of an answer of a STAC API',
    ],
    ['{"type":"Collection","links":[{"rel":"items","href":"x"}]}', 'it is the answer of a STAC API, whose items are not in S3'],
  ])('is told what it is: %s', (text, message) => {
    expect(parseStac(text)).toEqual(expect.stringContaining(message));
  });
});

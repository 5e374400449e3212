import { describe, expect, it } from 'vitest';
import { enumerateOn, images, runOver } from '../run-fixture.ts';
import { sortsInAFolderOfItsOwn } from './sorting-folder.ts';

/** What people save when they save what they were given: every one lets its reader in. */
const ADDRESSES = [
  'https://x.blob.core.windows.net/c/a.tif?se=2026&sp=r&sig=SECRET0abc',
  'https://images.s3.amazonaws.com/k.tif?X-Amz-Signature=SECRET0',
  'https://images.s3.amazonaws.com/k.tif%3FX-Amz-Signature%3DSECRET0',
  'https://user:SECRET0@host/a.tif',
  's3://images/k.tif?X-Amz-Signature=SECRET0',
  's3://AKIA:SECRET0@images/k.tif',
  's3://AKIA:7/SECRET0@images/k.tif',
];
const RELATIVE = './k.tif?sig=SECRET0';

const item = (id: string, href: string): object => ({
  type: 'Feature',
  stac_version: '1.1.0',
  id,
  assets: { visual: { href } },
  links: [],
});

/** Everything that is told and written of a run over an object that holds `text`. */
async function toldOf(name: string, text: string): Promise<string> {
  const s3 = images('t/a.tif').fill('images', [name], text);
  const failure: unknown = await enumerateOn(s3, runOver({ uri: `s3://images/${name}` })).catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: 'InvalidSpec' });
  return String(failure);
}

sortsInAFolderOfItsOwn();

describe('a signed address, or one with a password', () => {
  it.each([...ADDRESSES, RELATIVE])('as the asset of an Item is refused, and is not told: %s', async (href) => {
    expect(await toldOf('stac/search.json', JSON.stringify(item('a', href)))).not.toMatch(/SECR|ET0/u);
  });

  it.each([...ADDRESSES, RELATIVE])('as a link of a catalog is refused, and is not told: %s', async (href) => {
    const catalog = { type: 'Catalog', stac_version: '1.1.0', id: 'c', links: [{ rel: 'item', href }] };
    expect(await toldOf('stac/catalog.json', JSON.stringify(catalog))).not.toMatch(/SECR|ET0/u);
  });

  it.each(ADDRESSES)('in a list is refused, and is not told: %s', async (uri) => {
    expect(await toldOf('list.jsonl', JSON.stringify({ uri }))).not.toMatch(/SECR|ET0/u);
  });

  it('is refused where it stands for a key or a bucket, too', async () => {
    const lines = [
      { key: ADDRESSES[0] },
      { key: 'a.tif', bucket: 'AKIA:SECRET0@images' },
      { key: 'a.tif', bucket: 'AKIA:SECRET0' },
    ];
    const told = await toldOf('list.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(told).not.toMatch(/SECR|ET0/u);
    expect(told.split('\n')).toHaveLength(4);
  });

  it('is told as far as it helps to find it, with what to do', async () => {
    expect(await toldOf('stac/search.json', JSON.stringify(item('a', ADDRESSES[1] ?? '')))).toContain(
      'a (s3://images/stac/search.json): "https://images.s3.amazonaws.com/k.tif?…" has a query; expected it without',
    );
    expect(await toldOf('list.jsonl', JSON.stringify({ uri: ADDRESSES[4] }))).toContain(
      'line 1: "s3://images/k.tif?…" is signed; expected {"key":"..."} or {"uri":"s3://bucket/key"}',
    );
  });
});

describe('a key that looks like a signed address', () => {
  it('is taken from a record of an earlier run, since an object may be called so', async () => {
    const key = 'k.tif?X-Amz-Signature=1';
    const s3 = images(key).fill('images', ['list.jsonl'], JSON.stringify({ bucket: 'images', key, uri: `s3://images/${key}` }));
    expect(await enumerateOn(s3, runOver({ uri: 's3://images/list.jsonl' }))).toMatchObject({ inputs: 1 });
  });
});

describe('a link or an asset that names a folder', () => {
  it('is refused as one', async () => {
    const catalog = { type: 'Catalog', stac_version: '1.1.0', id: 'c', links: [{ rel: 'child', href: './sub/' }] };
    expect(await toldOf('stac/catalog.json', JSON.stringify(catalog))).toContain(
      'its link "child" goes to "./sub/", which is a folder; expected the object in it.',
    );
    expect(await toldOf('stac/search.json', JSON.stringify(item('a', 's3://images/t/')))).toContain(
      '"s3://images/t/" is a folder; expected the object in it',
    );
  });
});

describe('Items that cannot be used', () => {
  it('are told within 16 KiB, however long their ids and the names of their assets are', async () => {
    const assets = Object.fromEntries([1, 2, 3].map((n) => [`${n}${'ä'.repeat(4_000)}`, { href: 't.png' }]));
    const features = Array.from({ length: 20 }, (_, n) => ({ ...item(`${n}${'ü'.repeat(4_000)}`, 'x'), assets }));
    const told = await toldOf(`stac/${'k'.repeat(900)}.json`, JSON.stringify({ type: 'FeatureCollection', features }));
    expect(Buffer.byteLength(told)).toBeLessThan(16 * 1_024);
    expect(told).toMatch(/The first \d+ Items/u);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectStoreError } from '../../../ports/object-store.ts';
import { MODIFIED, md5, NAMED, reportObjects, reportUri, type Report, type Row } from '../inventory-report.ts';
import { enumerateOn, everything, frozenOf, images, manifestOf, runOver, tilesIn, type RunStore } from '../run-fixture.ts';
import { sortsInAFolderOfItsOwn } from './sorting-folder.ts';

const INVENTORY = { uri: reportUri() };
const MANIFEST = 'inv/images/nightly/2026-11-20T01-00Z/manifest.json';
const FORMATS = ['CSV', 'Parquet'] as const;
const ODD = ['t/\u{1F6F0}.tif', 't/a\nb.tif', 't/sp ace+plus%20.tif', 't/=cmd,"x".tif', 't/e\u0301.tif'];

function reported(report: Partial<Report>): RunStore {
  const s3 = images();
  for (const [at, bytes] of reportObjects({ format: 'CSV', files: [], ...report })) s3.overwrite(at, bytes);
  return s3;
}

const rowsOf = (...keys: string[]): Row[] => keys.map((Key) => ({ Key }));
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `t/${(n * 7) % count}.tif`);

sortsInAFolderOfItsOwn();

describe.each(FORMATS)('the manifest of an S3 Inventory in %s', (format) => {
  it('holds what the rows say, sorted and byte-exact, and asks for no object', async () => {
    const s3 = reported({ format, files: [rowsOf(...ODD), rowsOf('a.tif')] });
    expect(await enumerateOn(s3, runOver(INVENTORY))).toMatchObject({ inputs: 6, ranges: 2 });
    const inBytes = [...ODD, 'a.tif'].map((key) => Buffer.from(key)).toSorted(Buffer.compare);
    expect(manifestOf(s3).flat()).toEqual(inBytes.map(String));
    const line = { bucket: 'images', key: 'a.tif', etag: md5('a.tif'), size: 1, last_modified: MODIFIED, version_id: null };
    expect(s3.text('s3://results/o/run=r1/manifest/part-00000.jsonl').split('\n')[0]).toBe(JSON.stringify(line));
    expect(s3.calls.filter(({ verb }) => verb === 'head').map(({ key }) => key)).toEqual([MANIFEST]);
  });

  it('has of versions the present ones, with their ids, and no object that was deleted', async () => {
    const columns = ['Bucket', 'Key', 'VersionId', 'IsLatest', 'IsDeleteMarker', 'Size', 'LastModifiedDate', 'ETag'] as const;
    const rows: Row[] = [
      { Key: 'a.tif', VersionId: 'v2', IsLatest: true, IsDeleteMarker: false },
      { Key: 'a.tif', VersionId: 'v1', IsLatest: false, IsDeleteMarker: false },
      { Key: 'b.tif', VersionId: 'v4', IsLatest: true, IsDeleteMarker: true, Size: null, ETag: null },
      { Key: 'b.tif', VersionId: 'v3', IsLatest: false, IsDeleteMarker: false },
      { Key: 'c.tif', VersionId: null, IsLatest: true, IsDeleteMarker: false },
    ];
    const s3 = reported({ format, columns, files: [rows] });
    expect(await enumerateOn(s3, runOver(INVENTORY))).toMatchObject({ inputs: 2, ignored: { duplicate: 0, excluded: 0 } });
    const tiles = tilesIn(s3, 'o/run=r1/manifest/part-00000.jsonl');
    expect(tiles.map(({ key, version_id }) => [key, version_id])).toEqual([
      ['a.tif', 'v2'],
      ['c.tif', null],
    ]);
  });

  it('leaves out what a listing leaves out, counts it, and shows whole keys to the globs', async () => {
    const rows = [...rowsOf('t/a.tif', 't/a.tif', 't/b.txt', 't/c/', 'u/d.tif'), { Key: 't/e.tif', Size: 0 }];
    const s3 = reported({ format, files: [[...rows, { Key: 't/z.tif', Bucket: 'another' }]] });
    await enumerateOn(s3, runOver({ ...INVENTORY, include: ['t/**'] }));
    expect(manifestOf(s3)).toEqual([['t/a.tif']]);
    expect(frozenOf(s3).ignored).toEqual({ zero_bytes: 1, folder: 1, sidecar: 1, excluded: 1, duplicate: 1 });
  });

  it('is the same in whatever order the rows come, in however many files, and however little is held in memory', async () => {
    const rows = [...numbered(23).map((Key) => ({ Key })), { Key: 't/3.tif', ETag: 'other' }, { Key: 't/x.txt' }];
    const run = runOver({ ...INVENTORY, limit: 17 }, 4);
    const whole = reported({ format, files: [rows] });
    const outcome = await enumerateOn(whole, run);
    const order = fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length });
    await fc.assert(
      fc.asyncProperty(order, fc.nat({ max: rows.length }), fc.integer({ min: 1, max: 30 }), async (some, cut, keep) => {
        const s3 = reported({ format, files: [some.slice(0, cut), some.slice(cut)] });
        expect(await enumerateOn(s3, run, keep)).toEqual(outcome);
        expect(manifestOf(s3)).toEqual(manifestOf(whole));
      }),
      { numRuns: 30 },
    );
  });

  it('is the same after an attempt that was cut off', async () => {
    const run = runOver(INVENTORY, 2);
    const whole = reported({ format, files: [rowsOf('d', 'a', 'c', 'b', 'e')] });
    await enumerateOn(whole, run);
    const s3 = reported({ format, files: [rowsOf('d', 'a', 'c', 'b', 'e')] });
    s3.hooks.failNext(({ verb, key }) => verb === 'put' && key.endsWith('part-00001.jsonl'), new ObjectStoreError('denied', 'x'));
    await expect(enumerateOn(s3, run)).rejects.toMatchObject({ kind: 'Denied' });
    await enumerateOn(s3, run);
    expect(everything(s3)).toEqual(everything(whole));
  });

  it('has a sample, of which nothing is asked either', async () => {
    const s3 = reported({ format, files: [rowsOf(...numbered(40))] });
    await enumerateOn(s3, runOver({ ...INVENTORY, sample: 6 }));
    const listed = images(...numbered(40));
    await enumerateOn(listed, runOver({ uri: 's3://images/', sample: 6 }));
    expect(manifestOf(s3).flat()).toEqual(manifestOf(listed).flat());
  });

  it('is refused where a file is not the one that the manifest speaks of', async () => {
    const s3 = reported({ format, files: [rowsOf('a.tif')] });
    const [[at, bytes] = []] = reportObjects({ format, files: [rowsOf('b.tif')] });
    if (at !== undefined && bytes !== undefined) s3.overwrite(at, bytes);
    await expect(enumerateOn(s3, runOver(INVENTORY))).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: expect.stringMatching(
        /^The MD5 of s3:\/\/images\/inv\/images\/nightly\/data\/0\.\S+ is [0-9a-f]{32}; s3:\/\/images\/inv\S+manifest\.json says [0-9a-f]{32}\. /u,
      ) as string,
    });
    expect(s3.keys('results')).toEqual([]);
  });

  it('is refused where nobody can tell by it whether a tile has changed', async () => {
    const s3 = reported({ format, columns: ['Bucket', 'Key', 'Size'], files: [rowsOf('a.tif')] });
    await expect(enumerateOn(s3, runOver(INVENTORY))).rejects.toThrow(
      'it has no column ETag: without it nobody can tell whether a tile has changed. Add ETag to the additional fields (OptionalFields) of the inventory',
    );
  });
});

describe('a Parquet file of an inventory', () => {
  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'LZ4', 'LZ4_RAW'] as const)(
    'is read when it is %s, one row group after the other',
    async (codec) => {
      const columns: Report['columns'] = [...NAMED, 'VersionId'];
      const rows = rowsOf(...numbered(11)).map((row, at) => ({ ...row, VersionId: at < 10 ? null : 'v' }));
      const s3 = reported({ format: 'Parquet', codec, columns, files: [rows] });
      expect(await enumerateOn(s3, runOver(INVENTORY))).toMatchObject({ inputs: 11 });
    },
  );
});

describe('an inventory is refused', () => {
  it('where its checksum is not there', async () => {
    const s3 = reported({ files: [rowsOf('a.tif')] });
    s3.remove({ bucket: 'images', key: MANIFEST.replace('json', 'checksum') });
    await expect(enumerateOn(s3, runOver(INVENTORY))).rejects.toThrow(
      `s3://images/${MANIFEST.replace('json', 'checksum')} is not there, and s3://images/${MANIFEST} counts only together with it: S3 writes it last.`,
    );
  });

  it('where its checksum is another one, before any file of it is read', async () => {
    const s3 = reported({ files: [rowsOf('a.tif')] });
    s3.overwrite({ bucket: 'images', key: MANIFEST.replace('json', 'checksum') }, md5('other'));
    await expect(enumerateOn(s3, runOver(INVENTORY))).rejects.toThrow(
      new RegExp(`^The MD5 of s3://images/${MANIFEST} is [0-9a-f]{32}; s3://images/\\S+checksum says ${md5('other')}\\.`, 'u'),
    );
    expect(s3.calls.some(({ key }) => key.includes('/data/'))).toBe(false);
  });

  it.each([
    [
      { fileFormat: 'ORC' },
      'fileFormat: "ORC"; expected CSV or Parquet: ORC is not read. Set the format of the inventory to Parquet',
    ],
    [{ files: [{ key: 'x', MD5checksum: 'y' }] }, 'files[0].MD5checksum: "y"; expected an MD5 in hex'],
    [{ sourceBucket: undefined }, 'sourceBucket: missing; expected text'],
    [{ run_id: 'r0' }, 'is the manifest.json of a tilescribe run, not of an S3 Inventory.'],
    [{ files: [] }, 'no row of the inventory is about a present object of its source bucket. Name another report.'],
  ])('where its manifest.json says %j', async (over, message) => {
    await expect(enumerateOn(reported({ over, files: [rowsOf('a.tif')] }), runOver(INVENTORY))).rejects.toThrow(message);
  });

  it('where it changed between two attempts', async () => {
    const s3 = reported({ files: [rowsOf('a', 'b')] });
    s3.hooks.failNext(({ verb, key }) => verb === 'put' && key.endsWith('part-00001.jsonl'));
    await expect(enumerateOn(s3, runOver(INVENTORY, 1))).rejects.toMatchObject({ kind: 'Unreachable' });
    for (const [at, bytes] of reportObjects({ format: 'CSV', files: [rowsOf('a')] })) s3.overwrite(at, bytes);
    await expect(enumerateOn(s3, runOver(INVENTORY, 1))).rejects.toThrow(`s3://images/${MANIFEST} changed while it was read`);
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ObjectStoreError, type ObjectStoreProblem } from '../../../ports/object-store.ts';
import { md5, reportObjects, reportUri, type Report } from '../inventory-report.ts';
import { enumerateOn, images, runOver, type RunStore } from '../run-fixture.ts';

const CSV = 'inv/images/nightly/data/0.csv.gz';
const PARQUET = 'inv/images/nightly/data/0.parquet';
const ADVICE = 'Copy the report again, or name the manifest.json of another one.';

/** A report with one file of these bytes, whose MD5 is right. */
function holding(key: string, bytes: Uint8Array | string, report: Partial<Report> = {}): RunStore {
  const s3 = images();
  const files = [{ key, size: bytes.length, MD5checksum: md5(bytes) }];
  const format = key === CSV ? 'CSV' : 'Parquet';
  for (const [at, object] of reportObjects({ format, files: [], over: { files }, ...report })) s3.overwrite(at, object);
  s3.overwrite({ bucket: 'images', key }, bytes);
  return s3;
}

async function refusal(s3: RunStore): Promise<unknown> {
  const error: unknown = await enumerateOn(s3, runOver({ uri: reportUri() })).catch((failure: unknown) => failure);
  expect(s3.keys('results')).toEqual([]);
  return error;
}

const row = (key: string, size: string | number = 1, etag = 'e'): string =>
  `"images","${key}","${size}","2026-11-19T22:00:00.000Z","${etag}"\n`;
const NO_ETAG = 'is empty; expected one for every present object, since without it nobody can tell whether that has changed.';
const MANY = Array.from({ length: 5_000 }, (_, n) => row(`t/${n * 7_919}.tif`)).join('');

/** What a whole Parquet file looks like. */
function parquet(): Uint8Array {
  const [[, bytes] = []] = reportObjects({ format: 'Parquet', files: [[{ Key: 'a.tif' }, { Key: 'b.tif' }]] });
  if (bytes === undefined) throw new Error('no file');
  return bytes;
}

describe('a damaged file of an inventory is refused by its name, with what to do:', () => {
  it.each([
    ['a key that is not URL-encoded', row('a.tif') + row('t/50%.tif'), 'row 2: its key "t/50%.tif" is not URL-encoded UTF-8.'],
    ['a key of other bytes', row('t/%FF.tif'), 'row 1: its key "t/%FF.tif" is not URL-encoded UTF-8.'],
    [
      'a size that is none',
      row('a.tif') + row('t/b+c.tif', 'big'),
      'row 2: the size of "t/b c.tif" is "big"; expected a whole number.',
    ],
    ['a row without an etag', row('a.tif') + row('t/b+c.tif', 1, ''), `row 2: the ETag of "t/b c.tif" ${NO_ETAG}`],
    ['a row with two quotes for an etag', row('a.tif', 1, '""""'), `row 1: the ETag of "a.tif" ${NO_ETAG}`],
    ['a row without a key', row('a.tif') + row(''), 'row 2: it has no key.'],
    ['a row with few columns', `${row('a.tif')}"images","b.tif"\n`, 'row 2: it has 2 columns; expected the 5 of fileSchema.'],
    ['a row that is no CSV', `${row('a.tif')}"images","b"tif,1\n`, 'row 2 is not CSV.'],
  ])('%s', async (_what, text, problem) => {
    expect(await refusal(holding(CSV, gzipSync(text)))).toMatchObject({
      kind: 'InvalidSpec',
      message: `s3://images/${CSV} cannot be read as a file of the inventory: ${problem} ${ADVICE}`,
    });
  });

  it.each([
    ['bytes that are not gzip', row('a.tif'), /: incorrect header check; expected CSV in gzip, whole\. /u],
    [
      'a gzip that ends too early',
      gzipSync(MANY).subarray(0, -9),
      /: after row \d+: unexpected end of file; expected CSV in gzip, whole\. /u,
    ],
    [
      'text that is no UTF-8',
      gzipSync(Buffer.from([...Buffer.from(row('a.tif')), 0xff, 0x0a])),
      /not valid for encoding utf-8; expected CSV/u,
    ],
  ])('%s', async (_what, bytes, message) => {
    const error = await refusal(holding(CSV, bytes));
    expect(error).toMatchObject({ kind: 'InvalidSpec', message: expect.stringMatching(message) as string });
    expect(error).toMatchObject({
      message: expect.stringMatching(new RegExp(`^s3://images/${CSV} .*${ADVICE}$`, 'u')) as string,
    });
  });

  it.each([
    ['bytes that are not Parquet', Buffer.from('nosuch and no such')],
    ['a Parquet file that ends too early', parquet().subarray(0, -20)],
  ])('%s', async (_what, bytes) => {
    expect(await refusal(holding(PARQUET, bytes))).toMatchObject({
      kind: 'InvalidSpec',
      message: expect.stringMatching(
        new RegExp(`^s3://images/${PARQUET} .*: parquet file invalid .*; expected a Parquet file, whole\\. ${ADVICE}$`, 'u'),
      ) as string,
    });
  });
});

it('a codec that cannot be unpacked is named, with what else there is', async () => {
  const [[, bytes] = []] = reportObjects({ format: 'Parquet', codec: 'LZ4', files: [[{ Key: 'a.tif' }]] });
  const damaged = Buffer.from(bytes ?? '');
  // The first page's token: five letters are announced, and no more than those of the key are there.
  damaged[damaged.indexOf('a.tif') - 5] = 0x0f;
  expect(await refusal(holding(PARQUET, damaged))).toMatchObject({
    message: expect.stringMatching(
      /: a page of it in LZ4 cannot be unpacked \(.+\)\. Copy the report again; where that is not it, have it written in SNAPPY, or as CSV\.$/u,
    ) as string,
  });
});

it.each([
  [{ Size: -5 }, 'the size of "b.tif" is "-5"; expected a whole number.'],
  [{ ETag: null }, `the ETag of "b.tif" ${NO_ETAG}`],
])('a row of a Parquet file with %j is refused by its key', async (over, problem) => {
  const files = [[{ Key: 'a.tif' }, { Key: 'b.tif', ...over }]];
  const [[, bytes] = []] = reportObjects({ format: 'Parquet', files });
  expect(await refusal(holding(PARQUET, bytes ?? ''))).toMatchObject({
    message: expect.stringContaining(`: row 2: ${problem} ${ADVICE}`) as string,
  });
});

it('a row that is no present object of the source bucket needs no etag', async () => {
  const columns = ['Bucket', 'Key', 'VersionId', 'IsLatest', 'IsDeleteMarker', 'Size', 'LastModifiedDate', 'ETag'] as const;
  const rows = [
    { Key: 'a.tif', VersionId: 'v2', IsLatest: true, IsDeleteMarker: true, Size: null, ETag: null },
    { Key: 'a.tif', VersionId: 'v1', IsLatest: false, IsDeleteMarker: false, ETag: null },
    { Key: 'b.tif', Bucket: 'another', ETag: null },
    { Key: 'c.tif', VersionId: 'v3', IsLatest: true, IsDeleteMarker: false },
  ];
  const s3 = images();
  for (const [at, object] of reportObjects({ format: 'CSV', columns, files: [rows] })) s3.overwrite(at, object);
  expect(await enumerateOn(s3, runOver({ uri: reportUri() }))).toMatchObject({ inputs: 1 });
});

describe('a file of an inventory', () => {
  const listed = (): RunStore => holding(CSV, gzipSync(row('a.tif')));

  it('that is listed and not there is an error of the report', async () => {
    const s3 = listed();
    s3.remove({ bucket: 'images', key: CSV });
    expect(await refusal(s3)).toMatchObject({
      kind: 'NotFound',
      message: `s3://images/${CSV} is not there, although ${reportUri()} lists it. ${ADVICE}`,
    });
  });

  it('in a bucket that is not there is one, too', async () => {
    const elsewhere = { destinationBucket: 'arn:aws:s3:::gone', files: [{ key: CSV, MD5checksum: md5('x') }] };
    const s3 = holding(CSV, gzipSync(row('a.tif')), { over: elsewhere });
    expect(await refusal(s3)).toMatchObject({
      kind: 'NotFound',
      message: `s3://gone/${CSV} is not there, although ${reportUri()} lists it. ${ADVICE}`,
    });
  });

  it.each<[ObjectStoreProblem, string]>([
    ['denied', 'Denied'],
    ['unreachable', 'Unreachable'],
  ])('that is %s is what any object of the input is', async (problem, kind) => {
    const s3 = listed();
    s3.hooks.failNext(({ verb, key }) => verb === 'get' && key === CSV, new ObjectStoreError(problem, `no ${CSV}`));
    expect(await refusal(s3)).toMatchObject({ kind, message: expect.stringContaining(`no ${CSV}. `) as string });
  });
});

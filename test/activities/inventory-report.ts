import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import type { S3Location } from '../../domain/layout.ts';

/** An S3 Inventory as S3 writes it, to be put somewhere. */

const COLUMNS = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
] as const;
export type Column = (typeof COLUMNS)[number];
export type Row = Readonly<Partial<Record<Column, string | number | boolean | null>>> & { readonly Key: string };

export interface Report {
  readonly format: 'CSV' | 'Parquet';
  /** Rows of each file. */
  readonly files: readonly (readonly Row[])[];
  readonly columns?: readonly Column[];
  /** Bucket of the tiles. */
  readonly source?: string;
  /** Bucket of the report. */
  readonly bucket?: string;
  readonly codec?: ColumnSource['codec'];
  readonly over?: object;
}

const FOLDER = 'inv/images/nightly/2026-11-20T01-00Z/';
export const MODIFIED = '2026-11-19T22:00:00.000Z';
export const NAMED: readonly Column[] = ['Bucket', 'Key', 'Size', 'LastModifiedDate', 'ETag'];
/** As `urllib` and Java's `URLEncoder` do: a blank is `+`. */
const formEncoded = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
const snake = (name: string): string =>
  name
    .replace(/ETag/u, 'e_tag')
    .replaceAll(/(?<!^)([A-Z])/gu, '_$1')
    .toLowerCase();

export function md5(bytes: Uint8Array | string): string {
  return createHash('md5').update(bytes).digest('hex');
}

function filled(row: Row, source: string): Row {
  return { Bucket: source, Size: 1, LastModifiedDate: MODIFIED, ETag: md5(row.Key), ...row };
}

function csvFile(rows: readonly Row[], columns: readonly Column[]): Buffer {
  const cell = (row: Row, column: Column): string =>
    `"${String((column === 'Key' ? formEncoded(row.Key) : row[column]) ?? '').replaceAll('"', '""')}"`;
  return gzipSync(rows.map((row) => `${columns.map((column) => cell(row, column)).join(',')}\n`).join(''));
}

const TYPES: Readonly<Partial<Record<Column, ColumnSource['type']>>> = {
  Size: 'INT64',
  LastModifiedDate: 'TIMESTAMP',
  IsLatest: 'BOOLEAN',
  IsDeleteMarker: 'BOOLEAN',
};

/** A frame of Zstandard (RFC 8878) with one block as it is; Node 20 has no compressor. */
function zstdFrame(bytes: Uint8Array): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.byteLength, 5);
  head.writeUIntLE(bytes.byteLength * 8 + 1, 9, 3);
  return Buffer.concat([head, bytes]);
}

/** A block of LZ4 with its bytes as they are, and no match. */
function lz4Block(bytes: Uint8Array): Buffer {
  const over = bytes.byteLength - 15;
  if (over < 0) return Buffer.concat([Buffer.from([bytes.byteLength << 4]), bytes]);
  const length = [...Array.from({ length: Math.floor(over / 255) }, () => 255), over % 255];
  return Buffer.concat([Buffer.from([0xf0, ...length]), bytes]);
}

function parquetFile(rows: readonly Row[], columns: readonly Column[], codec: ColumnSource['codec']): Buffer {
  const value = (row: Row, column: Column): unknown => {
    const cell = row[column] ?? null;
    if (cell === null) return null;
    if (column === 'Size') return BigInt(Number(cell));
    return column === 'LastModifiedDate' ? new Date(String(cell)) : cell;
  };
  const columnData = columns.map((column): ColumnSource => ({
    name: snake(column),
    data: rows.map((row) => value(row, column)),
    type: TYPES[column] ?? 'STRING',
    ...(codec === undefined ? {} : { codec }),
  }));
  const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes), ZSTD: zstdFrame, LZ4: lz4Block, LZ4_RAW: lz4Block };
  return Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 4, compressors }));
}

/** @returns every object of a report. */
export function reportObjects(report: Report): readonly (readonly [S3Location, Uint8Array])[] {
  const { format, source = 'images', bucket = 'images', columns = NAMED, codec } = report;
  const files = report.files.map((rows, at) => {
    const whole = rows.map((row) => filled(row, source));
    const bytes = format === 'CSV' ? csvFile(whole, columns) : parquetFile(whole, columns, codec);
    const key = `inv/images/nightly/data/${at}.${format === 'CSV' ? 'csv.gz' : 'parquet'}`;
    return { key, bytes, size: bytes.byteLength, MD5checksum: md5(bytes) };
  });
  const manifest = JSON.stringify({
    sourceBucket: source,
    destinationBucket: `arn:aws:s3:::${bucket}`,
    version: '2016-11-30',
    creationTimestamp: '1795136400000',
    fileFormat: format,
    fileSchema: columns.join(', '),
    files: files.map(({ bytes: _bytes, ...file }) => file),
    ...report.over,
  });
  return [
    ...files.map(({ key, bytes }) => [{ bucket, key }, bytes] as const),
    [{ bucket, key: `${FOLDER}manifest.json` }, Buffer.from(manifest)],
    [{ bucket, key: `${FOLDER}manifest.checksum` }, Buffer.from(`${md5(manifest)}\n`)],
  ];
}

/** @returns its `input.uri`. */
export function reportUri(bucket = 'images'): string {
  return `s3://${bucket}/${FOLDER}manifest.json`;
}

import type { Tile } from '../domain/tile.ts';
import { shown } from './mistake.ts';

/** Columns of an inventory that matter here. CSV says `IsLatest`, Parquet `is_latest`. */
const COLUMNS = ['bucket', 'key', 'versionid', 'islatest', 'isdeletemarker', 'size', 'lastmodifieddate', 'etag'] as const;
export type InventoryColumn = (typeof COLUMNS)[number];

/** What a row says, as its file gives it: text from CSV, values from Parquet. */
export type InventoryRow = Readonly<Partial<Record<InventoryColumn, unknown>>>;

/** Without these an inventory says too little; each with what to do. */
const NEEDED: Readonly<Partial<Record<InventoryColumn, string>>> = {
  bucket: 'every inventory has it, so this is none',
  key: 'every inventory has it, so this is none',
  etag: 'without it nobody can tell whether a tile has changed. Add ETag to the additional fields (OptionalFields) of the inventory and wait for its next report, or name the prefix instead',
};

/** @returns which column a name of a file means; null for one that does not matter. */
export function inventoryColumn(name: string): InventoryColumn | null {
  const plain = name.toLowerCase().replaceAll('_', '');
  return COLUMNS.find((column) => column === plain) ?? null;
}

const SHOWN: Readonly<Partial<Record<InventoryColumn, string>>> = { bucket: 'Bucket', key: 'Key', etag: 'ETag' };

/** @returns the first needed column that an inventory does not have, with what to do; null where it has all. */
export function lackingColumn(names: readonly string[]): string | null {
  const there = new Set(names.map(inventoryColumn));
  for (const [column, says] of Object.entries(NEEDED) as [InventoryColumn, string][])
    if (!there.has(column)) return `it has no column ${SHOWN[column] ?? column}: ${says}`;
  return null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

function moment(value: unknown): string | null {
  const at = value instanceof Date ? value : new Date(text(value) ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function size(value: unknown): number | null | 'bad' {
  if (value === null || value === undefined || value === '') return null;
  const bytes = Number(value);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : 'bad';
}

/** @returns a key as what is wrong with its row quotes it. */
export function quotedKey(key: string): string {
  return JSON.stringify(key.slice(0, 200));
}

/**
 * @param bucket the inventory's source bucket: rows of another are none of its own.
 * @returns the object that a row is about; null for an old version and a delete marker; text where the row is wrong.
 */
export function tileOfRow(row: InventoryRow, bucket: string): Tile | string | null {
  const key = text(row.key);
  if (key === null) return 'it has no key';
  if (row.bucket !== bucket || isTrue(row.isdeletemarker)) return null;
  if (text(row.islatest) !== null || typeof row.islatest === 'boolean') if (!isTrue(row.islatest)) return null;
  const etag = text(row.etag)?.replaceAll('"', '') ?? '';
  if (etag === '')
    return `the ETag of ${quotedKey(key)} is empty; expected one for every present object, since without it nobody can tell whether that has changed`;
  const bytes = size(row.size);
  if (bytes === 'bad') return `the size of ${quotedKey(key)} is ${shown(String(row.size))}; expected a whole number`;
  return {
    bucket,
    key,
    etag,
    size: bytes,
    last_modified: moment(row.lastmodifieddate),
    version_id: text(row.versionid),
  };
}

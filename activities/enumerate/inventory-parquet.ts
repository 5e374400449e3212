import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema, type FileMetaData } from 'hyparquet';
import { Failure } from '../../domain/failure.ts';
import { MIB } from '../../domain/units.ts';
import { PARQUET_CODECS } from './parquet-codecs.ts';
import { UnfitFile } from './unfit-file.ts';
import { inventoryColumn, lackingColumn, type InventoryColumn, type InventoryRow } from '../../schema/inventory-row.ts';

const ROW_GROUP_MAX_BYTES = 256 * MIB;

type Group = FileMetaData['row_groups'][number];

function isDiskTrouble(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EACCES' || code === 'EROFS';
}

async function spill(body: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  try {
    await pipeline(body, createWriteStream(path));
  } catch (error) {
    if (!isDiskTrouble(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('Internal', `A Parquet inventory needs room on the worker's disk: ${why}. Free some, or set TMPDIR.`, {
      cause: error,
    });
  }
}

/** What is read of a file: its own name of each column that matters. */
function namesOf(metadata: FileMetaData): Map<InventoryColumn, string> {
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  const lacking = lackingColumn(all);
  if (lacking !== null) throw new UnfitFile(`${lacking}.`);
  return new Map(
    all.flatMap((name) => {
      const column = inventoryColumn(name);
      return column === null ? [] : [[column, name] as const];
    }),
  );
}

function requireSmall({ columns }: Group, names: readonly string[]): void {
  const read = columns.filter(({ meta_data }) => names.includes(meta_data?.path_in_schema[0] ?? ''));
  const bytes = read.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0);
  if (bytes <= ROW_GROUP_MAX_BYTES) return;
  throw new UnfitFile(
    `a row group of it takes ${bytes} bytes of memory; expected at most ${ROW_GROUP_MAX_BYTES}. Set the format of the inventory to CSV, or name the prefix instead.`,
  );
}

async function* rowsIn(path: string): AsyncGenerator<InventoryRow> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const names = namesOf(metadata);
  const columns = [...names.values()];
  const scan = await parquetScan({ file, metadata, columns, compressors: PARQUET_CODECS, useOffsetIndex: false });
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    requireSmall(group, columns);
    const rowEnd = rowStart + Number(group.num_rows);
    const read: [InventoryColumn, ArrayLike<unknown>][] = [];
    for (const [name, column] of names) read.push([name, await scan.readColumn({ column, rowStart, rowEnd })]);
    for (let at = 0; at < rowEnd - rowStart; at += 1) yield Object.fromEntries(read.map(([name, values]) => [name, values[at]]));
    rowStart = rowEnd;
  }
}

/**
 * The rows of a Parquet file of an inventory. Its footer comes last, so the file waits on the worker's disk; of it one
 * row group is in memory at a time.
 * @throws Failure `Internal` where the disk is full; UnfitFile; Error where the bytes are no such file.
 */
export async function* parquetInventoryRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<InventoryRow> {
  const folder = await mkdtemp(join(tmpdir(), 'tilescribe-inventory-'));
  try {
    const path = join(folder, 'file.parquet');
    await spill(body, path);
    yield* rowsIn(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { s3Uri } from '../../domain/layout.ts';
import type { Tile } from '../../domain/tile.ts';
import { tileOfRow, type InventoryRow } from '../../schema/inventory-row.ts';
import type { Inventory, InventoryFile } from '../../schema/inventory.ts';
import { watched } from '../watched.ts';
import { csvInventoryRows } from './inventory-csv.ts';
import type { InventoryReading } from './inventory-manifest.ts';
import { parquetInventoryRows } from './inventory-parquet.ts';
import { fileFailure, unfitRow } from './unfit-file.ts';
import { verified } from './verified-body.ts';

const CHUNKS_A_BEAT = 64;
const ROWS_A_BEAT = 10_000;

type Rows = AsyncIterable<InventoryRow | string>;

function rowsOf(body: AsyncIterable<Uint8Array>, { format, columns }: Inventory, key: string): Rows {
  return format === 'CSV' ? csvInventoryRows(body, { columns, zipped: key.endsWith('.gz') }) : parquetInventoryRows(body);
}

/** One file of an inventory. */
interface FileReading extends InventoryReading {
  readonly inventory: Inventory;
  readonly file: InventoryFile;
}

async function* rowsIn({ store, at, pulse, inventory, file }: FileReading): Rows {
  const { key, md5 } = file;
  const place = { bucket: inventory.bucket, key };
  const body = verified(await store.get(place, { signal: pulse.signal }), { md5, uri: s3Uri(place), by: s3Uri(at) });
  const read = watched(body, { pulse, every: CHUNKS_A_BEAT, details: () => ({ reading: key }) });
  const details = (rows: number): object => ({ reading: key, rows });
  yield* watched(rowsOf(read, inventory, key), { pulse, every: ROWS_A_BEAT, details });
}

async function* tilesIn(reading: FileReading): AsyncGenerator<Tile> {
  const { at: listedBy, pulse, inventory, file } = reading;
  let rows = 0;
  try {
    for await (const row of rowsIn(reading)) {
      rows += 1;
      const tile = typeof row === 'string' ? row : tileOfRow(row, inventory.sourceBucket);
      if (typeof tile === 'string') throw unfitRow(rows, tile);
      if (tile !== null) yield tile;
    }
  } catch (error) {
    if (pulse.signal.aborted) throw error;
    throw fileFailure(error, { at: { bucket: inventory.bucket, key: file.key }, listedBy, format: inventory.format, rows });
  }
}

/** What an inventory says of the objects of its source bucket, in no order. @throws Failure, ObjectStoreError */
export async function* inventoryTiles(reading: InventoryReading, inventory: Inventory): AsyncGenerator<Tile> {
  for (const file of inventory.files) yield* tilesIn({ ...reading, inventory, file });
}

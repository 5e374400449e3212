import { Failure } from '../../domain/failure.ts';
import { s3Uri } from '../../domain/layout.ts';
import type { Tile } from '../../domain/tile.ts';
import { ObjectStoreError } from '../../ports/object-store.ts';
import { tileOfRow, type InventoryRow } from '../../schema/inventory-row.ts';
import type { Inventory, InventoryFile } from '../../schema/inventory.ts';
import { watched } from '../watched.ts';
import { csvInventoryRows } from './inventory-csv.ts';
import type { InventoryReading } from './inventory-manifest.ts';
import { parquetInventoryRows } from './inventory-parquet.ts';
import { verified } from './verified-body.ts';

const CHUNKS_A_BEAT = 64;
const ROWS_A_BEAT = 10_000;

function rowsOf(body: AsyncIterable<Uint8Array>, { format, columns }: Inventory, key: string): AsyncGenerator<InventoryRow> {
  return format === 'CSV' ? csvInventoryRows(body, { columns, zipped: key.endsWith('.gz') }) : parquetInventoryRows(body);
}

function fileFailure(error: unknown, uri: string, signal: AbortSignal): unknown {
  const known = error instanceof Failure || error instanceof ObjectStoreError || signal.aborted;
  if (known || !(error instanceof Error)) return error;
  return new Failure('InvalidSpec', `${uri} cannot be read as a file of the inventory: ${error.message}.`, { cause: error });
}

async function* tilesIn(reading: InventoryReading, inventory: Inventory, file: InventoryFile): AsyncGenerator<Tile> {
  const { store, at, pulse } = reading;
  const place = { bucket: inventory.bucket, key: file.key };
  const uri = s3Uri(place);
  const body = verified(await store.get(place, { signal: pulse.signal }), { md5: file.md5, uri, by: s3Uri(at) });
  const read = watched(body, { pulse, every: CHUNKS_A_BEAT, details: () => ({ reading: file.key }) });
  const rows = watched(rowsOf(read, inventory, file.key), {
    pulse,
    every: ROWS_A_BEAT,
    details: (seen) => ({ reading: file.key, rows: seen }),
  });
  let row = 0;
  try {
    for await (const cells of rows) {
      row += 1;
      const tile = tileOfRow(cells, inventory.sourceBucket);
      if (typeof tile === 'string') throw new Error(`row ${row}: ${tile}`);
      if (tile !== null) yield tile;
    }
  } catch (error) {
    throw fileFailure(error, uri, pulse.signal);
  }
}

/** What an inventory says of the objects of its source bucket, in no order. @throws Failure, ObjectStoreError */
export async function* inventoryTiles(reading: InventoryReading, inventory: Inventory): AsyncGenerator<Tile> {
  for (const file of inventory.files) yield* tilesIn(reading, inventory, file);
}

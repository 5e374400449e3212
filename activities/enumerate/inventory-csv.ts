import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { inventoryColumn, type InventoryRow } from '../../schema/inventory-row.ts';
import { csvRows } from './csv-rows.ts';

/** Keys of CSV inventories are URL-encoded as forms are: a blank is `+`. */
function plainKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

function unzipped(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Whoever reads on learns of an error from the stream itself.
  return pipeline(Readable.from(body), createGunzip(), () => {});
}

/**
 * The rows of a CSV file of an inventory, as its schema names their columns.
 * @throws Error where the bytes are no such file.
 */
export async function* csvInventoryRows(
  body: AsyncIterable<Uint8Array>,
  { columns, zipped }: { columns: readonly string[]; zipped: boolean },
): AsyncGenerator<InventoryRow> {
  const names = columns.map(inventoryColumn);
  let row = 0;
  for await (const cells of csvRows(zipped ? unzipped(body) : body)) {
    row += 1;
    if (cells.length !== names.length)
      throw new Error(`row ${row} has ${cells.length} columns; fileSchema names ${names.length}`);
    const known = names.flatMap((name, at) => (name === null ? [] : [[name, cells[at]] as const]));
    const { key, ...rest } = Object.fromEntries(known);
    yield { ...rest, key: plainKey(key ?? '') };
  }
}

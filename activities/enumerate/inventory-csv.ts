import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { inventoryColumn, quotedKey, type InventoryColumn, type InventoryRow } from '../../schema/inventory-row.ts';
import { csvRows } from './csv-rows.ts';

/** Keys of CSV inventories are URL-encoded as forms are: a blank is `+`. @returns null where one is not. */
function plainKey(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function unzipped(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Whoever reads on learns of an error from the stream itself.
  return pipeline(Readable.from(body), createGunzip(), () => {});
}

function rowOf(cells: readonly string[], names: readonly (InventoryColumn | null)[]): InventoryRow | string {
  if (cells.length !== names.length) return `it has ${cells.length} columns; expected the ${names.length} of fileSchema`;
  const known = names.flatMap((name, at) => (name === null ? [] : [[name, cells[at]] as const]));
  const { key: encoded = '', ...rest } = Object.fromEntries(known);
  const key = plainKey(encoded);
  return key === null ? `its key ${quotedKey(encoded)} is not URL-encoded UTF-8` : { ...rest, key };
}

/**
 * The rows of a CSV file of an inventory, as its schema names their columns; text where one is wrong.
 * @throws Error where the bytes are no such file.
 */
export async function* csvInventoryRows(
  body: AsyncIterable<Uint8Array>,
  { columns, zipped }: { columns: readonly string[]; zipped: boolean },
): AsyncGenerator<InventoryRow | string> {
  const names = columns.map(inventoryColumn);
  for await (const cells of csvRows(zipped ? unzipped(body) : body)) yield rowOf(cells, names);
}

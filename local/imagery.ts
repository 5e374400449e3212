import { BLUE_MARBLE_CREDIT, COLUMNS, globeTile, readGlobe, ROWS } from './blue-marble.ts';
import { type DemoTile, madeTiles } from './made-tiles.ts';

/** One line that names whose imagery the demo shows. */
export const DEMO_CREDIT = BLUE_MARBLE_CREDIT;

/** How many tiles of the globe the demo has; the made ones come on top. */
export const GLOBE_TILES = ROWS * COLUMNS;

/**
 * The objects of the demo's bucket: the globe in 128 GeoTIFF tiles of 512 pixels, row by row from the north-west, then
 * the made ones.
 */
export async function* demoTiles(): AsyncIterable<DemoTile> {
  const globe = await readGlobe();
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      yield { key: globeTileKey(row, column), body: await globeTile(globe, row, column) };
    }
  }
  // The middle of Europe and North Africa: land, sea and desert.
  yield* madeTiles(await globeTile(globe, 2, 8));
}

/** @returns the key of a tile of the globe; row and column count from the north-west. */
export function globeTileKey(row: number, column: number): string {
  return `blue-marble/row-${row}/column-${String(column).padStart(2, '0')}.tif`;
}

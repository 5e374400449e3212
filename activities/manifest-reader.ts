import { inRun, PATHS, type RunPlace } from '../domain/layout.ts';
import type { Tile } from '../domain/tile.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { textLines } from './lines.ts';

/** From which line of which range to read. */
export interface TilesFrom {
  readonly ref: RunPlace;
  readonly range: number;
  /** 0-based. */
  readonly fromLine?: number;
}

/** @returns a line of `manifest/` for a tile, LF included. */
export function tileLine({ bucket, key, etag, size, last_modified, version_id, catalog }: Tile): string {
  return `${JSON.stringify({ bucket, key, etag, size, last_modified, version_id, catalog })}\n`;
}

/** The tiles of a range in order, one line in memory at a time. @throws ObjectStoreError */
export async function* readTiles(store: ObjectStore, { ref, range, fromLine = 0 }: TilesFrom): AsyncGenerator<Tile> {
  let line = 0;
  for await (const text of textLines(await store.get(inRun(ref, PATHS.manifestPart(range))))) {
    if (line >= fromLine) yield JSON.parse(text) as Tile;
    line += 1;
  }
}

/** @returns the tiles of a range from a line on, all of them. @throws ObjectStoreError */
export async function readTilesArray(store: ObjectStore, from: TilesFrom): Promise<Tile[]> {
  const tiles: Tile[] = [];
  for await (const tile of readTiles(store, from)) tiles.push(tile);
  return tiles;
}

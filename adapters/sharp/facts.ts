import { createHash } from 'node:crypto';
import { mergedPlace, placeOfGeoreference, placeOfKey } from '../../domain/place.ts';
import { NO_FACTS } from '../../domain/tile.ts';
import type { TileFacts } from '../../domain/tile.ts';
import type { TileSource } from '../../ports/tile-renderer.ts';
import type { Header } from './header.ts';

/** @returns what bytes and key tell before anything is read. */
export function bytesFacts({ key, bytes }: TileSource): TileFacts {
  const source_sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...NO_FACTS, ...placeOfKey(key, null), source_sha256, source_bytes: bytes.byteLength };
}

/** @returns what the header tells, and where the tile is by its key and its tags. */
export function headerFacts(key: string, header: Header): Partial<TileFacts> {
  const { width, height, layout, dtype, tiff } = header;
  const byKey = placeOfKey(key, header);
  const place = tiff === null ? byKey : mergedPlace(byKey, placeOfGeoreference(tiff.georeference, header));
  return { ...place, width, height, bands: layout.count, dtype, datetime: tiff?.datetime ?? null };
}

import { compareRecords } from '../../domain/merge-order.ts';
import { inRun, PATHS, type RunPlace } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { SliceHead } from '../../domain/log.ts';
import { newStrand } from '../../domain/strand.ts';
import type { StrandEnd } from '../../domain/run.ts';
import type { Tile } from '../../domain/tile.ts';
import type { MemoryStore } from '../support/memory-store.ts';

/** A record, the range it belongs to, and the slice that it was committed in. */
export interface Committed {
  readonly slice: number;
  readonly range: number;
  readonly record: TileRecord;
}

/** @returns a tile as a manifest names it. */
export function tileOf(key: string, bucket = 'imagery'): Tile {
  return { bucket, key, etag: 'e1', size: 10, last_modified: null, version_id: null };
}

/** Lays out the manifest of a range. */
export function layManifest(store: MemoryStore, at: { ref: RunPlace; range: number }, tiles: readonly Tile[]): void {
  const lines = tiles.map((tile) => `${JSON.stringify(tile)}\n`).join('');
  store.overwrite(inRun(at.ref, PATHS.manifestPart(at.range)), lines);
}

function slicesOf(committed: readonly Committed[]): Record<string, number[]> {
  const slices: Record<string, number[]> = {};
  for (const { range, slice } of committed) slices[range] = [...new Set([...(slices[range] ?? []), slice])];
  return slices;
}

/** Lays out the log of strand 0 of a lane as its slices would have left it, as far as a merge looks at it. @returns where it ends. */
export function layLog(store: MemoryStore, at: { ref: RunPlace; lane: string }, committed: readonly Committed[]): StrandEnd {
  const last = Math.max(1, ...committed.map(({ slice }) => slice)) + 1;
  for (const n of new Set([...committed.map(({ slice }) => slice), last])) {
    const state = { ...newStrand(0), slices: slicesOf(committed.filter(({ slice }) => slice <= n)) };
    const head: SliceHead = { kind: 'slice', n, nonce: 'x', attempt: { execution: 1, turn: 1, attempt: 1 }, state };
    const lines = committed
      .filter(({ slice }) => slice === n)
      .toSorted((a, b) => a.range - b.range || compareRecords(a.record, b.record))
      .map(({ range, record }) => ({ range, record }));
    const text = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
    store.overwrite(inRun(at.ref, PATHS.logObject(at.lane, 0, n)), text);
  }
  return { lane: at.lane, strand: 0, n: last };
}

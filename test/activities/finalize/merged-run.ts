import { createFinalize, type FinalizeArgs } from '../../../activities/finalize/finalize.ts';
import type { TileRecord } from '../../../domain/record.ts';
import { IGNORED_NONE, NO_FACTS } from '../../../domain/tile.ts';
import type { Rendering, TileRenderer } from '../../../ports/tile-renderer.ts';
import { failedWith, recordOf, RUN, shipsOf } from '../../report/fixture.ts';
import { viewing } from '../../support/memory-pointers.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { layMerged, REF } from '../merged-range.ts';

export const AT = `s3://results/${REF.prefix}`;
export const COMPLETE: FinalizeArgs = { ...REF, state: 'complete', endedAt: '2026-03-01T03:00:00.000Z' };
export const CANCELLED: FinalizeArgs = { ...COMPLETE, state: 'cancelled' };

export const still = () => ({ beat: () => undefined, signal: new AbortController().signal });

/** Shows every tile as the same small picture, but those whose key says `broken`. */
export const RENDERER: TileRenderer = {
  render: async ({ key }, { maxSide }): Promise<Rendering> => {
    if (key.includes('broken')) throw new Error('cannot be decoded');
    return { ok: true, picture: Buffer.from(`picture of ${maxSide}`), facts: { ...NO_FACTS, sent_mime: 'image/jpeg' } };
  },
  close: async () => undefined,
};

/** @returns both records of a tile. */
export function tile(key: string, caption: Partial<TileRecord> = {}): TileRecord[] {
  return [recordOf({ key, ...caption }), shipsOf(key)];
}

/** @returns an output bucket with two ranges of a run, four tiles in all, one of them failed. */
export function mergedRun(): MemoryStore {
  const store = new MemoryStore(['imagery', 'results']);
  for (const key of ['a.tif', 'b-broken.tif', 'c.tif']) store.overwrite({ bucket: 'imagery', key }, `bytes of ${key}`);
  layMerged(store, { range: 0, records: [...tile('a.tif'), ...tile('b-broken.tif')] });
  layMerged(store, { range: 1, records: [...tile('c.tif', failedWith('timeout', 'The job did not end.')), ...tile('d.tif')] });
  return store;
}

/** @returns the activity over a store, for two ranges and so many inputs. */
export function finalizing(store: MemoryStore, inputs = 4) {
  const range = { lines: 2, bytes: 1, sha256: 'x' };
  const frozen = { schema_version: 1, inputs, ranges: [range, range], ignored: { ...IGNORED_NONE, sidecar: 2 } } as const;
  const readers = { readRun: async () => RUN, readFrozen: async () => frozen };
  return createFinalize({ stores: store, ...viewing(store), ...readers, renderer: RENDERER });
}

/** @returns the keys of the run that are neither parts nor work. */
export const outside = (store: MemoryStore) => store.keys('results', REF.prefix).filter((key) => !/part-|_work/u.test(key));

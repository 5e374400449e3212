import { readTiles } from '../activities/manifest-reader.ts';
import { documentOf, readIfThere } from '../activities/read-object.ts';
import { inRun, PATHS, type RunPlace } from '../domain/layout.ts';
import { objectName } from '../domain/object-event.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { parseFrozen } from '../schema/frozen.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';

/** @returns how many tiles a run had that has ended; null where it has not. */
export async function inputsOfEnded(store: ObjectStore, ref: RunPlace): Promise<number | null> {
  const at = inRun(ref, PATHS.manifest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : documentOf(bytes, at, parseRunManifest).inputs;
}

/**
 * @param tiles how many its list names.
 * @returns whether the run was cancelled before its input was frozen: started again it has ended already.
 */
export async function wasCancelledEarly(store: ObjectStore, ref: RunPlace, tiles: number): Promise<boolean> {
  const inputs = await inputsOfEnded(store, ref);
  return inputs !== null && inputs !== tiles;
}

/** Of a run whose working files were removed: its manifest.json says that its input had been frozen. */
async function rangesOfCleaned(store: ObjectStore, ref: RunPlace, tiles: number): Promise<number | null> {
  // One that was cancelled before its input was frozen has fewer, or none.
  if ((await inputsOfEnded(store, ref)) !== tiles) return null;
  let parts = 0;
  for await (const page of store.list({ bucket: ref.bucket, prefix: inRun(ref, 'manifest/').key })) parts += page.length;
  return parts;
}

async function frozenRanges(store: ObjectStore, ref: RunPlace, tiles: number): Promise<number | null> {
  const at = inRun(ref, PATHS.frozen);
  const bytes = await readIfThere(store, at);
  return bytes === null ? rangesOfCleaned(store, ref, tiles) : documentOf(bytes, at, parseFrozen).ranges.length;
}

/**
 * @param tiles how many its list names.
 * @returns the etags of a run's frozen manifest, by {@link objectName}; null while there is none.
 * @throws ObjectStoreError, Failure `Internal`
 */
export async function readFrozenTiles(
  store: ObjectStore,
  ref: RunPlace,
  tiles: number,
): Promise<ReadonlyMap<string, string | null> | null> {
  const ranges = await frozenRanges(store, ref, tiles);
  if (ranges === null) return null;
  const etags = new Map<string, string | null>();
  for (let range = 0; range < ranges; range += 1)
    for await (const tile of readTiles(store, { ref, range })) etags.set(objectName(tile), tile.etag);
  return etags;
}

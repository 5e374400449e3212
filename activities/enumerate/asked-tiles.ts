import type { S3Location } from '../../domain/layout.ts';
import type { Tile } from '../../domain/tile.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore } from '../../ports/object-store.ts';
import type { Pulse } from '../pulse.ts';
import type { Candidate } from './candidate.ts';
import { inOrder } from './in-order.ts';

const HEADS_AT_ONCE = 16;
const HEADS_A_BEAT = 100;

/** What becomes of a named key is for its record to say; only what concerns all of them stops the run. */
const TOLD_BY_THE_RECORD = new Set(['missing', 'no_bucket', 'denied', 'refused']);

async function headOf(store: ObjectStore, at: S3Location): Promise<ObjectFacts | null> {
  try {
    return await store.head(at);
  } catch (error) {
    if (error instanceof ObjectStoreError && TOLD_BY_THE_RECORD.has(error.problem)) return null;
    throw error;
  }
}

/** @returns a tile with what S3 says of it; null where nobody has asked or nothing was said. */
export function namedTile({ bucket, key }: S3Location, facts: ObjectFacts | null = null): Tile {
  const [etag, size] = [facts?.etag ?? null, facts?.sizeBytes ?? null];
  return { bucket, key, etag, size, last_modified: facts?.lastModified ?? null, version_id: facts?.versionId ?? null };
}

/** @returns what asks S3 once about every tile that was only named, some at a time, in order. */
export function askedTiles(store: ObjectStore, pulse: Pulse): (named: AsyncIterable<Candidate>) => AsyncGenerator<Candidate> {
  let heads = 0;
  async function ask(candidate: Candidate): Promise<Candidate> {
    if (candidate.ignored !== null) return candidate;
    pulse.signal.throwIfAborted();
    heads += 1;
    if (heads % HEADS_A_BEAT === 1) pulse.beat({ heads });
    const { catalog, ...place } = candidate.tile;
    const tile = namedTile(place, await headOf(store, place));
    return { ...candidate, tile: catalog === undefined ? tile : { ...tile, catalog } };
  }
  return (named) => inOrder(named, HEADS_AT_ONCE, ask);
}

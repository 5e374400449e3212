import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import type { InputSpec } from '../../domain/spec.ts';
import type { Ignored, Tile } from '../../domain/tile.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore } from '../../ports/object-store.ts';
import type { Pulse } from '../pulse.ts';
import { watched } from '../watched.ts';
import { compareLocations, type Candidate, type Source } from './candidate.ts';
import { externalSort } from './external-sort.ts';
import { inOrder } from './in-order.ts';
import { keyFilter } from './key-filter.ts';
import { readKeyList } from './key-list.ts';

const HEADS_AT_ONCE = 16;
const HEADS_A_BEAT = 100;
const LINES_A_BEAT = 10_000;
const LINES_IN_MEMORY = 200_000;

/** A .jsonl object that names the tiles. */
export interface KeyListSource {
  readonly store: ObjectStore;
  readonly input: InputSpec;
  readonly at: S3Location;
  readonly pulse: Pulse;
  /** Of the object as an earlier attempt read it; null at first. */
  readonly etag: string | null;
  /** Lines sorted in memory at once. */
  readonly keep?: number;
}

interface Named {
  readonly at: S3Location;
  readonly ignored: Ignored | null;
}

/** Every repetition comes before the tile that it repeats, so that a cut at a tile has them all behind it. */
async function* withoutRepetitions(sorted: AsyncIterable<S3Location>, wanted: (key: string) => boolean): AsyncGenerator<Named> {
  const named = (at: S3Location): Named => ({ at, ignored: wanted(at.key) ? null : 'excluded' });
  let before: S3Location | null = null;
  for await (const at of sorted) {
    if (before !== null) yield compareLocations(before, at) === 0 ? { at, ignored: 'duplicate' } : named(before);
    before = at;
  }
  if (before !== null) yield named(before);
}

async function* behind(cut: S3Location | null, all: AsyncIterable<Named>): AsyncGenerator<Named> {
  for await (const named of all) if (cut === null || compareLocations(named.at, cut) > 0) yield named;
}

function tileOf({ bucket, key }: S3Location, facts: ObjectFacts | null): Tile {
  const [etag, size] = [facts?.etag ?? null, facts?.sizeBytes ?? null];
  return { bucket, key, etag, size, last_modified: facts?.lastModified ?? null, version_id: facts?.versionId ?? null };
}

/** What becomes of a named key is for its record to say; only what concerns all of them stops the run. */
const TOLD_BY_THE_RECORD = new Set(['missing', 'no_bucket', 'denied']);

async function headOf(store: ObjectStore, at: S3Location): Promise<ObjectFacts | null> {
  try {
    return await store.head(at);
  } catch (error) {
    if (error instanceof ObjectStoreError && TOLD_BY_THE_RECORD.has(error.problem)) return null;
    throw error;
  }
}

/** Every key that a .jsonl object names, sorted, each asked for once. Globs see the whole key. */
export function keyListSource(list: KeyListSource): Source {
  const { store, at, pulse, keep = LINES_IN_MEMORY } = list;
  const wanted = keyFilter(list.input);
  let { etag } = list;
  let heads = 0;

  async function candidate({ at: name, ignored }: Named): Promise<Candidate> {
    if (ignored !== null) return { tile: tileOf(name, null), ignored };
    pulse.signal.throwIfAborted();
    heads += 1;
    if (heads % HEADS_A_BEAT === 1) pulse.beat({ heads });
    return { tile: tileOf(name, await headOf(store, name)), ignored };
  }

  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    const found = (await store.head(at)).etag;
    if (etag !== null && etag !== found) {
      throw new Failure('InvalidSpec', `${s3Uri(at)} changed while it was read; start a run with a new id.`);
    }
    etag = found;
    const body = await store.get(at, { ifMatch: found, signal: pulse.signal });
    const sorted = externalSort(readKeyList({ at, body, pulse }), { compare: compareLocations, keep });
    const seen = watched(sorted, { pulse, every: LINES_A_BEAT, details: (lines) => ({ sorted: lines }) });
    yield* inOrder(behind(cut, withoutRepetitions(seen, wanted)), HEADS_AT_ONCE, candidate);
  }
  return { after, etag: () => etag };
}

import type { S3Location } from '../../domain/layout.ts';
import type { InputSpec } from '../../domain/spec.ts';
import type { Tile } from '../../domain/tile.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Pulse } from '../pulse.ts';
import { askedTiles, namedTile } from './asked-tiles.ts';
import type { Candidate, Source } from './candidate.ts';
import { keyFilter } from './key-filter.ts';
import { readKeyList } from './key-list.ts';
import { sortedTiles } from './named-tiles.ts';
import { PinnedObject } from './pinned-object.ts';

/** An object that names the tiles. */
export interface NamingObject {
  readonly store: ObjectStore;
  readonly input: InputSpec;
  readonly at: S3Location;
  readonly pulse: Pulse;
  /** Of the object as an earlier attempt read it; null at first. */
  readonly etag: string | null;
  /** Entries sorted in memory at once. */
  readonly keep?: number | undefined;
}

/** Every key that a .jsonl object names, sorted, each asked for once. Globs see the whole key. */
export function keyListSource({ store, input, at, pulse, etag, keep }: NamingObject): Source {
  const wanted = keyFilter(input);
  const pinned = new PinnedObject(store, at, etag);

  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    const entries = readKeyList({ at, body: await pinned.open(pulse), pulse });
    const judge = ({ key }: Tile): 'excluded' | null => (wanted(key) ? null : 'excluded');
    yield* sortedTiles({ entries, tileOf: (named) => namedTile(named), joined: (first) => first, judge, pulse, keep }, cut);
  }
  return { after, asked: askedTiles(store, pulse), etag: () => pinned.etag };
}

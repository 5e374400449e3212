import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { compareUtf8 } from '../../domain/merge-order.ts';
import type { InputSpec } from '../../domain/spec.ts';
import { ignoredByName, type Tile } from '../../domain/tile.ts';
import type { ObjectFacts, ObjectStore } from '../../ports/object-store.ts';
import type { Pulse } from '../pulse.ts';
import type { Candidate, Source } from './candidate.ts';
import { keyFilter } from './key-filter.ts';

/** What a listing is made with. */
export interface PrefixSource {
  readonly store: ObjectStore;
  readonly input: InputSpec;
  readonly at: S3Location;
  readonly pulse: Pulse;
}

function tileOf(bucket: string, facts: ObjectFacts): Tile {
  return {
    bucket,
    key: facts.key,
    etag: facts.etag,
    size: facts.sizeBytes,
    last_modified: facts.lastModified,
    version_id: null,
  };
}

function requireOrder(before: string | undefined, next: string, at: S3Location): void {
  if (before === undefined || compareUtf8(before, next) < 0) return;
  throw new Failure(
    'InvalidSpec',
    `${s3Uri(at)} is not listed in the order of its keys, as S3 directory buckets do; name the tiles in a .jsonl object instead.`,
  );
}

/** Every object below a prefix. Of the reasons not to be a tile the first holds: its name, its size, the globs. */
export function prefixSource({ store, input, at, pulse }: PrefixSource): Source {
  const wanted = keyFilter(input);

  function candidate(facts: ObjectFacts): Candidate {
    const byName = ignoredByName(facts.key, facts.sizeBytes);
    const ignored = byName ?? (wanted(facts.key.slice(at.key.length)) ? null : 'excluded');
    return { tile: tileOf(at.bucket, facts), ignored };
  }

  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    let last = cut?.key;
    const query = { bucket: at.bucket, prefix: at.key };
    for await (const page of store.list(last === undefined ? query : { ...query, startAfter: last })) {
      pulse.signal.throwIfAborted();
      pulse.beat({ listed: last ?? '' });
      for (const facts of page) {
        requireOrder(last, facts.key, at);
        last = facts.key;
        yield candidate(facts);
      }
    }
  }
  return { after, etag: () => null };
}

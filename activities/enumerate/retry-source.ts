import { catalogOf } from '../../domain/catalog.ts';
import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import { isRetried } from '../../domain/owed.ts';
import type { InputSpec } from '../../domain/spec.ts';
import { compareLocations } from '../../domain/merge-order.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { inputKind, namesTiles } from '../../schema/uri.ts';
import type { Pulse } from '../pulse.ts';
import type { RetriedRun } from '../retried-run.ts';
import { watched } from '../watched.ts';
import { askedTiles, namedTile } from './asked-tiles.ts';
import type { Candidate, Source } from './candidate.ts';
import { type FailedRecord, failedRecords } from './failed-records.ts';
import { keyFilter } from './key-filter.ts';

/** The tiles on which an earlier run of the same output failed. */
export interface RetrySource {
  readonly store: ObjectStore;
  /** Where the earlier run is. */
  readonly output: ObjectStore;
  readonly retried: RetriedRun;
  readonly input: InputSpec;
  readonly at: S3Location;
  readonly pulse: Pulse;
}

const RECORDS_A_BEAT = 10_000;

async function* tilesOf({ retried }: RetrySource, records: AsyncIterable<FailedRecord>): AsyncGenerator<FailedRecord> {
  let before: FailedRecord | null = null;
  for await (const record of records) {
    const { bucket, key, code } = record;
    const order: number = before === null ? -1 : compareLocations(before, { bucket, key });
    if (order > 0)
      throw new Failure(
        'Internal',
        `errors/ of run ${retried.retry.run} is not in order at ${s3Uri({ bucket, key })}; something has changed it. Start a run without retry: it finds out for itself what is owed.`,
      );
    if (order === 0 || !isRetried(code, retried.retry)) continue;
    before = record;
    yield before;
  }
}

/** Each tile once, however many of its tasks failed, and asked for anew. Globs see of a key what the run saw. */
export function retrySource(source: RetrySource): Source {
  const { store, output, retried, input, at, pulse } = source;
  const wanted = keyFilter(input);
  const below = namesTiles(input.uri) ? '' : at.key;
  const seen = (key: string): string => (key.startsWith(below) ? key.slice(below.length) : key);
  // What a catalog says of a tile stands in its record, too, and is not looked up again.
  const isCatalogued = inputKind(input.uri) === 'stac';

  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    const details = (records: number): object => ({ failed: records });
    const records = watched(failedRecords(output, retried), { pulse, every: RECORDS_A_BEAT, details });
    for await (const record of tilesOf(source, records)) {
      if (cut !== null && compareLocations(record, cut) <= 0) continue;
      const catalog = isCatalogued ? catalogOf(record) : undefined;
      const tile = { ...namedTile(record), ...(catalog === undefined ? {} : { catalog }) };
      yield { tile, ignored: wanted(seen(record.key)) ? null : 'excluded' };
    }
  }
  return { after, asked: askedTiles(store, pulse), etag: () => null };
}

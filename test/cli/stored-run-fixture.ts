import { createHash } from 'node:crypto';
import type { TileRecord } from '../../domain/record.ts';
import { NOTHING_HARVESTED, type Part, type RunManifest } from '../../domain/run.ts';
import { openBucket, type Bucket } from '../e2e/bucket.ts';
import { failedWith, recordOf, shipsOf } from '../report/fixture.ts';
import { sharedServers } from '../support/servers.ts';

const HASHED = { a: 'a'.repeat(64), b: 'b'.repeat(64), c: 'c'.repeat(64) };

/** What a cancelled run of two tasks over three tiles left: one of them somewhere, one nowhere, one that cannot be read. */
export const LEFT: Readonly<Record<string, readonly TileRecord[]>> = {
  'captions/part-00000.jsonl': [
    recordOf({ key: 'tiles/=a.tif', record_id: HASHED.a, bbox: [8, 53, 9, 54], text: '=1+1, said "it"\n<script>' }),
    recordOf({ key: 'tiles/b.tif', record_id: HASHED.b }),
  ],
  'answers/part-00000.jsonl': [shipsOf('tiles/=a.tif', { record_id: HASHED.a, bbox: [179, -17, -179, -16] })],
  'errors/part-00000.jsonl': [
    recordOf({ key: 'tiles/c.tif', record_id: HASHED.c, ...failedWith('decode_failed', 'The picture is cut off.') }),
    recordOf({ key: 'tiles/d.tif', record_id: HASHED.c, ...failedWith('empty_tile', 'Nothing in it is valid.') }),
  ],
};

const BALANCE = { inputs: 4, tasks: 2, expected: 8, ok: 3, failed: 1, skipped: 1, unfinished: 3 };
const IGNORED = { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 };

function manifestOf(parts: readonly Part[]): RunManifest {
  return {
    schema_version: 1,
    run_id: 'harbours-1',
    dataset: 'harbours',
    state: 'cancelled',
    started_at: '2026-03-01T01:00:00.000Z',
    ended_at: '2026-03-01T02:00:00.000Z',
    ...BALANCE,
    ignored: IGNORED,
    harvest: NOTHING_HARVESTED,
    window_ended: false,
    owed: null,
    index: [],
    missing: [],
    parts,
  };
}

/** A finished run in a bucket of its own. */
export interface StoredRun {
  readonly bucket: Bucket;
  /** `s3://…/run=harbours-1/` */
  readonly uri: string;
  readonly prefix: string;
}

/** Puts what {@link LEFT} says. @param end takes what ends it. */
export async function storeRun(end: (close: () => void) => void): Promise<StoredRun> {
  const bucket = await openBucket(sharedServers().s3);
  end(() => bucket.close());
  const prefix = 'out/run=harbours-1/';
  const parts: Part[] = [];
  for (const [path, records] of Object.entries(LEFT)) {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const bytes = Buffer.byteLength(text);
    parts.push({ path, bytes, lines: records.length, sha256: createHash('sha256').update(text).digest('hex') });
    await bucket.put(prefix + path, text);
  }
  await bucket.put(`${prefix}manifest.json`, JSON.stringify(manifestOf(parts)));
  return { bucket, uri: `s3://${bucket.name}/${prefix}`, prefix };
}

import { describe, expect, it } from 'vitest';
import { Differences } from '../../audit/differences.ts';
import { Sources } from '../../audit/sources.ts';
import type { TileRecord } from '../../domain/record.ts';
import { ObjectStoreError, type ObjectStoreProblem } from '../../ports/object-store.ts';
import { tileOf } from '../activities/range-log.ts';
import { failedWith, recordOf } from '../report/fixture.ts';
import { MemoryStore } from '../support/memory-store.ts';

const AT = { path: 'manifest/part-00000.jsonl', line: 1 };

/** A store that knows every tile, and how many are asked about at once. */
class Crowd extends MemoryStore {
  most = 0;
  asked = 0;
  #now = 0;

  override async head({ key }: { readonly key: string }) {
    this.asked += 1;
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    await new Promise((resolve) => setImmediate(resolve));
    this.#now -= 1;
    return { key, etag: 'e1', sizeBytes: 1, lastModified: null, versionId: null };
  }
}

/** A bucket with versions of one object: the present one comes last. */
class Versioned extends MemoryStore {
  readonly versions = new Map<string, string>();

  override async head({ key }: { readonly key: string }, { versionId }: { readonly versionId?: string } = {}) {
    const [id = '', etag] = [...this.versions].findLast(([one]) => one === (versionId ?? one)) ?? [];
    if (etag === undefined) throw new ObjectStoreError('missing', `${key} is not there.`);
    return { key, etag, sizeBytes: 1, lastModified: null, versionId: id };
  }
}

async function looked(
  store: MemoryStore,
  records: readonly TileRecord[],
  tile = tileOf('a.tif'),
): Promise<{ sources: Sources; differences: Differences }> {
  const differences = new Differences();
  const sources = new Sources(store, differences);
  await sources.look(tile, records, AT);
  await sources.settle();
  return { sources, differences };
}

describe('looking at sources', () => {
  it('asks about many at once, and never about more than 64', async () => {
    const store = new Crowd();
    const sources = new Sources(store, new Differences());
    for (let n = 0; n < 500; n += 1) await sources.look(tileOf(`${n}.tif`), [recordOf()], AT);
    await sources.settle();
    expect({ most: store.most, checked: sources.checked }).toEqual({ most: 64, checked: 500 });
  });

  it.each(['missing', 'changed', 'denied'] as const)('leaves out a tile that the run itself recorded as %s', async (code) => {
    const store = new Crowd();
    const { sources } = await looked(store, [recordOf(failedWith(code, 'so it was'))]);
    expect({ asked: store.asked, checked: sources.checked }).toEqual({ asked: 0, checked: 0 });
  });

  it.each<ObjectStoreProblem>(['denied', 'unreachable', 'credentials'])('gives up where S3 says %s', async (problem) => {
    const store = new MemoryStore(['imagery']);
    store.hooks.failNext(({ verb }) => verb === 'head', new ObjectStoreError(problem, 'no'));
    await expect(looked(store, [recordOf()])).rejects.toMatchObject({ problem });
  });

  it('looks at the version that was asked about, whatever the object is now', async () => {
    const [store, tile] = [new Versioned(), { ...tileOf('a.tif'), version_id: 'v1' }];
    store.versions.set('v1', 'e1').set('v2', 'e2');
    expect((await looked(store, [recordOf()], tile)).differences.counts).toEqual({});
    expect((await looked(store, [recordOf()], { ...tile, version_id: null })).differences.counts).toEqual({ source_changed: 1 });
    store.versions.delete('v1');
    const { differences } = await looked(store, [recordOf()], tile);
    expect(differences.some(9)).toMatchObject([
      {
        kind: 'source_missing',
        message: expect.stringContaining('a.tif at version v1 is not there any more; it had etag e1') as string,
      },
    ]);
  });

  it('tells of a tile whose whole bucket is gone', async () => {
    const { differences } = await looked(new MemoryStore(['other']), [recordOf()]);
    expect(differences.counts).toEqual({ source_missing: 1 });
  });
});

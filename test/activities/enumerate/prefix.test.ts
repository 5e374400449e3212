import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEnumerate } from '../../../activities/enumerate.ts';
import { ObjectStoreError, type ListQuery, type ObjectFacts } from '../../../ports/object-store.ts';
import type { Matches } from '../../support/store-hooks.ts';
import {
  enumerateOn,
  everything,
  frozenOf,
  images,
  manifestOf,
  quiet,
  REF,
  runOver,
  tilesIn,
  type RunStore,
} from '../run-fixture.ts';

const NOW = '2026-01-01T00:00:00.000Z';
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOW) });
});
afterEach(() => {
  vi.useRealTimers();
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `t/${String(n).padStart(4, '0')}.tif`);

describe('the manifest of a prefix', () => {
  it('holds every tile once, cut into parts of one size', async () => {
    const s3 = images(...numbered(12), 'elsewhere.tif');
    expect(await enumerateOn(s3, runOver({}))).toEqual({ inputs: 12, ranges: 3, ignored: frozenOf(s3).ignored });
    expect(manifestOf(s3).map((part) => part.length)).toEqual([5, 5, 2]);
    expect(manifestOf(s3).flat()).toEqual(numbered(12));
    expect(frozenOf(s3).ranges.map(({ lines }) => lines)).toEqual([5, 5, 2]);
  });

  it('says of each tile what S3 says, field by field', async () => {
    const s3 = images('t/a.tif');
    await enumerateOn(s3, runOver({}));
    const etag = '9dd4e461268c8034f5c8564e155c67a6';
    const line = { bucket: 'images', key: 't/a.tif', etag, size: 1, last_modified: NOW, version_id: null };
    expect(s3.text('s3://results/o/run=r1/manifest/part-00000.jsonl')).toBe(`${JSON.stringify(line)}\n`);
  });

  it('is in the order of the keys’ UTF-8 bytes, whatever the keys are', async () => {
    const odd = ['t/\u{1F6F0}.tif', 't/\uFFFD.tif', 't/a\nb.tif', 't/../x.tif', 't/<img onerror>.tif', 't/=cmd.tif', 't/é.tif'];
    const s3 = images(...odd);
    await enumerateOn(s3, runOver({}, 3));
    const bytes = odd.map((key) => Buffer.from(key)).toSorted(Buffer.compare);
    expect(manifestOf(s3).flat()).toEqual(bytes.map(String));
  });

  it('leaves out folders, sidecars, empty objects and what the globs leave out, and counts each once', async () => {
    const s3 = images('t/', 't/a.tif', 't/a.tif.aux.xml', 't/b.png', 't/deep/c.tif', 't/old/d.tif', 't/old/d.tfw');
    s3.fill('images', ['t/e.tif', 't/f.tif/'], '');
    const { ignored } = await enumerateOn(s3, runOver({ include: ['**/*.tif'], exclude: ['old/**'] }));
    expect(manifestOf(s3).flat()).toEqual(['t/a.tif', 't/deep/c.tif']);
    expect(ignored).toEqual({ zero_bytes: 1, folder: 2, sidecar: 2, excluded: 2, duplicate: 0 });
  });

  it('stops at the limit, which counts after the filters', async () => {
    const s3 = images('t/0.png', ...numbered(30));
    expect(await enumerateOn(s3, runOver({ include: ['*.tif'], limit: 10 }))).toMatchObject({
      inputs: 10,
      ranges: 2,
      ignored: { excluded: 1 },
    });
    expect(manifestOf(s3).flat()).toEqual(numbered(10));
  });

  it('is what it was when it is asked for again, whatever the bucket holds by then', async () => {
    const s3 = images(...numbered(7));
    const first = await enumerateOn(s3, runOver({}));
    const before = everything(s3);
    s3.fill('images', ['t/0000-new.tif', 't/9999.tif']);
    expect(await enumerateOn(s3, runOver({}))).toEqual(first);
    expect(everything(s3)).toEqual(before);
  });
});

describe('a store that does not list in order', () => {
  it('is refused, since a manifest could not be continued there', async () => {
    const s3 = images('t/b.tif', 't/a.tif');
    const input = s3.input();
    async function* backwards(query: ListQuery): AsyncGenerator<readonly ObjectFacts[]> {
      for await (const page of input.list(query)) yield page.toReversed();
    }
    const stores = { input: () => ({ ...input, list: backwards }), output: () => s3 };
    const activity = createEnumerate({ stores, readRun: async () => runOver({}) });
    await expect(activity({ ref: REF }, quiet())).rejects.toThrow('s3://images/t/ is not listed in the order of its keys');
  });
});

describe('an attempt that was cut off', () => {
  const keys = [...numbered(17), 't/', 't/0003.tfw', 't/0003.txt', 't/0009.xml', 't/9.json'];
  const stopAt = (s3: RunStore, n: number, when: 'before' | 'after'): (() => void) => {
    let puts = 0;
    let isOver = false;
    const nthPut: Matches = ({ verb }) => {
      if (verb === 'put') puts += 1;
      return verb === 'put' && puts === n && !isOver;
    };
    const gone = new ObjectStoreError('unreachable', 'S3 cannot be reached.');
    if (when === 'before') s3.hooks.failNext(nthPut, gone);
    else s3.hooks.loseReply(nthPut, gone);
    return () => {
      isOver = true;
    };
  };

  it.each(['before', 'after'] as const)('is continued to the same manifest, when it stops %s any of its writes', async (when) => {
    const whole = images(...keys);
    const outcome = await enumerateOn(whole, runOver({}));
    const puts = whole.calls.filter(({ verb }) => verb === 'put').length;
    for (let n = 1; n <= puts; n += 1) {
      const s3 = images(...keys);
      stopAt(s3, n, when);
      await expect(enumerateOn(s3, runOver({}))).rejects.toMatchObject({ kind: 'Unreachable' });
      expect(await enumerateOn(s3, runOver({}))).toEqual(outcome);
      expect(everything(s3)).toEqual(everything(whole));
    }
  });

  it('is continued without a tile twice, lost or out of order, also where the bucket changes in between', async () => {
    const anyKey = fc.integer({ min: 0, max: 60 }).map((n) => `t/${String(n).padStart(2, '0')}${n % 5 === 0 ? '.txt' : '.tif'}`);
    const anyKeys = fc.uniqueArray(anyKey, { minLength: 5, maxLength: 40 });
    const scenario = fc.record({
      first: anyKeys,
      later: anyKeys,
      stops: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
      size: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ first, later, stops, size }) => {
        const s3 = images(...first, 't/50.tif');
        for (const [at, n] of stops.entries()) {
          const goOn = stopAt(s3, n, at % 2 === 0 ? 'before' : 'after');
          await enumerateOn(s3, runOver({}, size)).catch(() => {});
          goOn();
          s3.empty('images').fill('images', at % 2 === 0 ? [...later, 't/50.tif'] : [...first, 't/50.tif']);
        }
        const { inputs, ranges, ignored } = await enumerateOn(s3, runOver({}, size));
        const parts = manifestOf(s3).filter(({ length }) => length > 0);
        expect(parts.flat()).toEqual([...new Set(parts.flat())].toSorted());
        expect([parts.flat().length, parts.length]).toEqual([inputs, ranges]);
        const always = first.filter((key) => later.includes(key) && key.endsWith('.tif'));
        expect(parts.flat()).toEqual(expect.arrayContaining([...always, 't/50.tif']));
        const all = [...new Set([...first, ...later])];
        expect(ignored.sidecar).toBeLessThanOrEqual(all.filter((key) => key.endsWith('.txt')).length);
      }),
      { numRuns: 300 },
    );
  });

  it('adopts a part that another attempt wrote, goes on behind it, and counts what lay between once', async () => {
    const s3 = images('t/1.tif', 't/2.txt', 't/3.tif', 't/4.txt', 't/5.tif');
    const two = ['t/1.tif', 't/3.tif'].map((key) => ({
      bucket: 'images',
      key,
      etag: 'other',
      size: 2,
      last_modified: null,
      version_id: null,
    }));
    const part = two.map((tile) => `${JSON.stringify(tile)}\n`).join('');
    s3.fill('results', ['o/run=r1/manifest/part-00000.jsonl'], part);
    expect(await enumerateOn(s3, runOver({}))).toMatchObject({ inputs: 3, ranges: 2, ignored: { sidecar: 2 } });
    expect(s3.text('s3://results/o/run=r1/manifest/part-00000.jsonl')).toBe(part);
    expect(tilesIn(s3, 'o/run=r1/manifest/part-00001.jsonl').map(({ key }) => key)).toEqual(['t/5.tif']);
  });

  it('leaves at once when it is told to stop', async () => {
    const s3 = images(...numbered(30));
    const stop = new AbortController();
    const beats: unknown[] = [];
    const beat = (details: unknown): void => {
      if (beats.push(details) === 2) stop.abort(new Error('told to stop'));
    };
    const activity = createEnumerate({ stores: s3, readRun: async () => runOver({}) });
    await expect(activity({ ref: REF }, { beat, signal: stop.signal })).rejects.toThrow('told to stop');
    expect(beats).toHaveLength(2);
  });
});

describe('an input without tiles', () => {
  it('says what was there and which filter left it out', async () => {
    const s3 = images('t/', 't/deep/a.tif', 't/deep/b.tif', 't/c.tfw');
    await expect(enumerateOn(s3, runOver({ include: ['*.tif'] }))).rejects.toMatchObject({
      kind: 'NotFound',
      message:
        'No tiles in s3://images/t/: 4 looked at, none is a tile (1 folder markers, 1 sidecars or archives by their ending, 2 left out by input.include and input.exclude). Correct input.include: "*.tif" looks directly below the prefix only, "**/*.tif" at every depth.',
    });
    expect(s3.keys('results')).toEqual([]);
  });

  it('names the nearest prefix that is there', async () => {
    const s3 = images('tiles/a.tif', 'other/b.tif');
    const failure = enumerateOn(s3, runOver({ uri: 's3://images/tile/' }));
    await expect(failure).rejects.toThrow('No tiles in s3://images/tile/: nothing is there. Did you mean s3://images/tiles/?');
  });

  it.each(['a.tif', 'b.ndjson', 'L.JSONL', 'One.JSON'])('says that it is one object where it is: %s', async (name) => {
    const s3 = images(...Array.from({ length: 30 }, (_, n) => `t/0${n}.tif`), `t/${name}`);
    await expect(enumerateOn(s3, runOver({ uri: `s3://images/t/${name}/` }))).rejects.toThrow(
      `No tiles in s3://images/t/${name}/: nothing is there. s3://images/t/${name} is one object: name the prefix that holds it, s3://images/t/, or an object that names tiles; its name ends in .jsonl, .json, .geojson or /manifest.json, in lower case.`,
    );
  });

  it('lists what is there where nothing is near', async () => {
    const s3 = images('a/x/1.tif', 'a/y.tif');
    await expect(enumerateOn(s3, runOver({ uri: 's3://images/a/completely-else/' }))).rejects.toThrow(
      'Below s3://images/a/ there are: x/, y.tif.',
    );
  });

  it.each([
    ['no_bucket', 'NotFound'],
    ['denied', 'Denied'],
    ['wrong_region', 'InvalidSpec'],
    ['unreachable', 'Unreachable'],
  ] as const)('is told apart from one that is %s', async (problem, kind) => {
    const s3 = images();
    s3.hooks.failNext(
      ({ verb, bucket }) => verb === 'list' && bucket === 'images',
      new ObjectStoreError(problem, 'The bucket images cannot be listed'),
    );
    await expect(enumerateOn(s3, runOver({}))).rejects.toMatchObject({ kind });
  });
});

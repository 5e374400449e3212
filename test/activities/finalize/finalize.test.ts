import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createFinalize } from '../../../activities/finalize/finalize.ts';
import { Failure } from '../../../domain/failure.ts';
import { PATHS } from '../../../domain/layout.ts';
import type { RunManifest } from '../../../domain/run.ts';
import { IGNORED_NONE } from '../../../domain/tile.ts';
import type { Report } from '../../../report/report.ts';
import { failedWith, recordOf, RUN, shipsOf } from '../../report/fixture.ts';
import { viewing } from '../../support/memory-pointers.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { layMerged, REF } from '../merged-range.ts';
import { AT, CANCELLED, COMPLETE, finalizing, mergedRun, outside, RENDERER, still, tile } from './merged-run.ts';

const manifestIn = (store: MemoryStore) => JSON.parse(store.text(`${AT}manifest.json`)) as RunManifest;

describe('closing a complete run', () => {
  test('writes reports, manifest and, last of all, an empty _SUCCESS', async () => {
    const store = mergedRun();
    const result = await finalizing(store)(COMPLETE, still());
    const writes = store.calls.filter(({ verb }) => verb === 'put').map(({ key }) => /[^/]+\/?[^/]+$/u.exec(key)?.[0]);
    expect(writes).toEqual([
      'run=harbours-1/report.json',
      'run=harbours-1/report.html',
      'run=harbours-1/manifest.json',
      expect.stringMatching(/^_probe\//u),
      expect.stringMatching(/^captions\/part-00000001-00000-[0-9a-f]{12}\.jsonl$/u),
      expect.stringMatching(/^answers\/part-00000001-00000-[0-9a-f]{12}\.jsonl$/u),
      'pointer/current.json',
      'run=harbours-1/_SUCCESS',
    ]);
    expect(store.text(`${AT}_SUCCESS`)).toBe('');
    expect(result).toMatchObject({ success: true, state: 'complete', expected: 8, ok: 7, failed: 1, skipped: 0, unfinished: 0 });
  });

  test('the manifest is that of the contract, with every part and its checksum', async () => {
    const store = mergedRun();
    await finalizing(store)(COMPLETE, still());
    const { parts, ...totals } = manifestIn(store);
    expect(totals).toEqual({
      schema_version: 1,
      run_id: 'harbours-1',
      dataset: 'harbours',
      state: 'complete',
      started_at: RUN.startedAt,
      ended_at: COMPLETE.endedAt,
      inputs: 4,
      tasks: 2,
      expected: 8,
      ok: 7,
      failed: 1,
      skipped: 0,
      unfinished: 0,
      ignored: { ...IGNORED_NONE, sidecar: 2 },
      harvest: { records: 0, jobs: 0, gpu_seconds: 0, from: [] },
      window_ended: false,
      owed: null,
      index: [],
      missing: [],
    });
    for (const { path, sha256 } of parts) {
      expect(
        createHash('sha256')
          .update(store.text(AT + path))
          .digest('hex'),
      ).toBe(sha256);
    }
    expect(parts.map(({ path }) => path).toSorted()).toEqual([
      'answers/part-00000.jsonl',
      'answers/part-00001.jsonl',
      'captions/part-00000.jsonl',
      'captions/part-00001.jsonl',
      'errors/part-00001.jsonl',
    ]);
  });

  test('returns totals only, however many parts and missing ids there are', async () => {
    const store = mergedRun();
    layMerged(store, {
      range: 0,
      records: tile('a.tif'),
      missing: Array.from({ length: 900 }, (_, at) => `imagery/${at}.tif#ships`),
    });
    const result = await finalizing(store)(COMPLETE, still());
    expect(JSON.stringify(result).length).toBeLessThan(1_000);
  });

  test('shows thumbnails of the tiles that still are what they were, and does without the others', async () => {
    const store = mergedRun();
    const { etag } = await store.head({ bucket: 'imagery', key: 'a.tif' });
    const records = ['a.tif', 'b-broken.tif'].flatMap((key) => [recordOf({ key, etag }), shipsOf(key, { etag })]);
    layMerged(store, { range: 0, records });
    await finalizing(store)(COMPLETE, still());
    const html = store.text(`${AT}report.html`);
    expect(html.match(/<img /gu)).toHaveLength(1);
    expect(html).toContain(`data:image/jpeg;base64,${Buffer.from('picture of 192').toString('base64')}`);
    expect(store.text(`${AT}report.json`)).not.toContain('base64');
  });
});

describe('a run whose records do not balance', () => {
  test('is failed, names what is missing and has no _SUCCESS', async () => {
    const store = mergedRun();
    layMerged(store, {
      range: 0,
      records: tile('a.tif'),
      missing: ['imagery/b-broken.tif#caption', 'imagery/b-broken.tif#ships'],
    });
    const result = await finalizing(store)(COMPLETE, still());
    expect(result).toMatchObject({ success: false, state: 'failed', expected: 8, ok: 5, failed: 1, unfinished: 0 });
    expect(manifestIn(store).missing).toEqual(['imagery/b-broken.tif#caption', 'imagery/b-broken.tif#ships']);
    expect(outside(store)).not.toContain(`${REF.prefix}_SUCCESS`);
  });

  test('lists the first thousand missing ids', async () => {
    const store = mergedRun();
    const names = (range: number) => Array.from({ length: 700 }, (_, at) => `imagery/${range}-${at}.tif#ships`);
    for (const range of [0, 1]) layMerged(store, { range, records: [], missing: names(range) });
    await finalizing(store, 1_400)(COMPLETE, still());
    expect(manifestIn(store).missing).toEqual([...names(0), ...names(1)].slice(0, 1_000));
  });

  test('is noticed from the written parts even where every merge was content', async () => {
    const store = mergedRun();
    expect(await finalizing(store, 5)(COMPLETE, still())).toMatchObject({ success: false, state: 'failed', expected: 10 });
  });
});

describe('closing a cancelled run', () => {
  test('counts cancelled jobs and what nobody did as unfinished, and never writes _SUCCESS', async () => {
    const store = mergedRun();
    layMerged(store, {
      range: 1,
      records: tile('c.tif', failedWith('cancelled', 'Call c7 was in flight.')),
      missing: ['imagery/d.tif#ships'],
    });
    const result = await finalizing(store)(CANCELLED, still());
    expect(result).toMatchObject({
      success: false,
      state: 'cancelled',
      expected: 8,
      ok: 5,
      failed: 0,
      skipped: 0,
      unfinished: 3,
    });
    expect(manifestIn(store).missing).toEqual([]);
    expect(outside(store)).not.toContain(`${REF.prefix}_SUCCESS`);
  });

  test('does without the ranges that were never merged', async () => {
    const store = mergedRun();
    store.remove({ bucket: 'results', key: REF.prefix + PATHS.merged(1) });
    expect(await finalizing(store)(CANCELLED, still())).toMatchObject({ ok: 4, unfinished: 4 });
    await expect(finalizing(mergedRun())({ ...COMPLETE, prefix: 'elsewhere/' }, still())).rejects.toMatchObject({
      name: 'Internal',
    });
  });

  test('has a manifest even where it was cancelled before its input was known', async () => {
    const store = new MemoryStore(['imagery', 'results']);
    const readFrozen = async () => {
      throw new Failure('NotFound', 'The input is not frozen.');
    };
    const finalize = createFinalize({
      stores: store,
      ...viewing(store),
      readRun: async () => RUN,
      readFrozen,
      renderer: RENDERER,
    });
    expect(await finalize(CANCELLED, still())).toMatchObject({ state: 'cancelled', inputs: 0, expected: 0, unfinished: 0 });
    await expect(finalize({ ...COMPLETE, prefix: 'other/' }, still())).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('with every record there is cancelled all the same', async () => {
    const store = mergedRun();
    expect(await finalizing(store)(CANCELLED, still())).toMatchObject({ state: 'cancelled', unfinished: 0, success: false });
  });
});

test('report.json says the same as the manifest, with errors and services', async () => {
  const store = mergedRun();
  await finalizing(store)(COMPLETE, still());
  const report = JSON.parse(store.text(`${AT}report.json`)) as Report;
  expect(report.totals).toMatchObject({ expected: 8, ok: 7, failed: 1 });
  expect(report.errors).toMatchObject([{ code: 'timeout', class: 'service', count: 1, clusters: [{ count: 1 }] }]);
  expect(report.services.map(({ service }) => service)).toEqual(['caption', 'vqa']);
});

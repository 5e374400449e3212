import { describe, expect, it } from 'vitest';
import { harvestWarning } from '../../domain/harvest.ts';
import { REF } from '../activities/merged-range.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { audited, CUT_SHORT, editManifest, finishedRun, forge, found, removeFrom, rewritten } from './finished-run.ts';

const CAPTIONS = 'captions/part-00000.jsonl';

describe('an audit of a run as it was written', () => {
  it('finds nothing in a complete one, and looks at every source', async () => {
    const { differences, ...rest } = await audited(await finishedRun());
    expect(differences.some(10)).toEqual([]);
    expect(rest).toMatchObject({ inputs: 6, records: 12, sources: 6, inFlight: 0, manifest: { state: 'complete' } });
  });

  it('finds nothing in a cancelled one, where tasks have no record', async () => {
    const store = await finishedRun('cancelled', CUT_SHORT);
    expect(await found(store)).toEqual([]);
    expect(await audited(store)).toMatchObject({ inputs: 6, records: 10, inFlight: 1 });
  });

  it('finds nothing in one whose working files are gone', async () => {
    const store = await finishedRun();
    for (const key of store.keys(REF.bucket, `${REF.prefix}_work/`)) store.remove({ bucket: REF.bucket, key });
    expect(await found(store)).toEqual([]);
  });

  it('leaves the sources alone where it is told so', async () => {
    const store = await finishedRun();
    store.remove({ bucket: 'imagery', key: 'a.tif' });
    const before = store.calls.length;
    expect(await audited(store, false)).toMatchObject({ sources: null, differences: { total: 0 } });
    expect(store.calls.slice(before).filter(({ bucket }) => bucket === 'imagery')).toEqual([]);
  });

  it('changes nothing', async () => {
    const store = await finishedRun();
    const before = store.calls.length;
    await audited(store);
    expect(new Set(store.calls.slice(before).map(({ verb }) => verb))).toEqual(new Set(['get', 'head', 'list']));
  });

  it('refuses a run that is not finished', async () => {
    const store = await finishedRun();
    removeFrom(store, 'manifest.json');
    await expect(audited(store)).rejects.toMatchObject({ kind: 'NotFound', message: expect.stringContaining('not finished') });
    await expect(audited(new MemoryStore(['results']))).rejects.toMatchObject({ kind: 'NotFound' });
  });

  it('takes records that an earlier run had asked for', async () => {
    const store = await finishedRun();
    forge(store, CAPTIONS, ([first, ...rest]) => [
      rewritten(first, { warnings: [harvestWarning('harbours-0')], service: 'old-name', version_id: 'v1' }),
      ...rest,
    ]);
    const from = [{ run_id: 'harbours-0', records: 1 }];
    editManifest(store, (manifest) => ({ ...manifest, harvest: { records: 0, jobs: 1, gpu_seconds: 0.9, from } }));
    expect(await found(store)).toEqual([]);
  });
});

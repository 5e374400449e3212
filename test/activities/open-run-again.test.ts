import { describe, expect, it } from 'vitest';
import { isProbe, open, RUN_JSON, SPEC, STARTED } from './open-run-fixture.ts';
import { images } from './run-fixture.ts';

/** manifest.json of run `h-1`. */
function manifestIn(state: string): object {
  const ignored = { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 };
  const totals = { inputs: 1, tasks: 3, expected: 3, ok: 3, failed: 0, skipped: 0, unfinished: 0, ignored };
  return {
    schema_version: 1,
    run_id: 'h-1',
    dataset: 'harbours',
    state,
    started_at: STARTED,
    ended_at: STARTED,
    ...totals,
    missing: [],
    parts: [{ path: 'captions/part-00000.jsonl', bytes: 1, lines: 1, sha256: '' }],
  };
}

describe('a run id that was opened before', () => {
  it('goes on as it was opened then, priority aside', async () => {
    const store = images('t/a.tif');
    await open(store);
    const before = store.text(RUN_JSON);
    expect(await open(store, { spec: { priority: 'backfill' }, startedAt: '2027-01-01T00:00:00Z' })).toMatchObject({
      priority: 'backfill',
      finished: null,
    });
    expect(store.text(RUN_JSON)).toBe(before);
  });

  it('is refused to another spec, with what differs', async () => {
    const store = images('t/a.tif');
    await open(store);
    const [caption, ships] = SPEC.tasks;
    const other = {
      input: { uri: 's3://images/t/', limit: 5 },
      tasks: [caption, { ...ships, question: 'Any ships?' }],
      priority: 'nightly',
    };
    await expect(open(store, { spec: other })).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message:
        'The run id h-1 is taken by another spec; they differ in input.limit, tasks[1].question, tasks[2]. Start it with another run id, or with the spec that run.json holds.',
    });
  });

  it('is joined when two open it at once', async () => {
    const store = images('t/a.tif');
    const held = store.hooks.hold(({ verb, key }) => verb === 'put' && key.endsWith('run.json'));
    const late = open(store, { startedAt: '2027-01-01T00:00:00Z' });
    await held.reached;
    const first = await open(store);
    held.release();
    expect(await late).toEqual(first);
    expect(JSON.parse(store.text(RUN_JSON))).toMatchObject({ started_at: STARTED });
  });

  it.each([
    [true, 'complete'],
    [false, 'cancelled'],
  ])('is finished where manifest.json is there, whatever is configured by now (_SUCCESS: %s)', async (success, state) => {
    const store = images('t/a.tif');
    await open(store);
    store.overwrite({ bucket: 'results', key: 'o/run=h-1/manifest.json' }, JSON.stringify(manifestIn(state)));
    if (success) store.overwrite({ bucket: 'results', key: 'o/run=h-1/_SUCCESS' }, '');
    const example = { uri: `s3://t/${'k'.repeat(1_000)}`, message: 'm'.repeat(200) };
    const clusters = Array.from({ length: 20 }, (_, n) => ({ service: 'caption', count: n, text: 't'.repeat(200), example }));
    const report = { errors: [{ code: 'timeout', count: 190, clusters }] };
    store.overwrite({ bucket: 'results', key: 'o/run=h-1/report.json' }, JSON.stringify(report));
    const before = store.calls.filter(isProbe).length;
    const opened = await open(store, { configuration: { gpus: 2, services: [] } });
    expect(opened.finished).toMatchObject({ state, ok: 3, success });
    expect(opened.finished).not.toHaveProperty('parts');
    expect(opened.finished).toMatchObject({ ranges: { done: 1, total: 1 } });
    expect(opened.finished).toMatchObject({ errors: { timeout: 190 }, fingerprints: [{ count: 19 }, { count: 18 }, {}, {}, {}] });
    expect(JSON.stringify(opened.finished).length).toBeLessThan(6_000);
    expect(store.calls.filter(isProbe)).toHaveLength(before);
  });

  it('goes on where it is complete but for its last step', async () => {
    const store = images('t/a.tif');
    await open(store);
    store.overwrite({ bucket: 'results', key: 'o/run=h-1/manifest.json' }, JSON.stringify(manifestIn('complete')));
    expect(await open(store)).toMatchObject({ finished: null });
  });
});

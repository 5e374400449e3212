import { describe, expect, it } from 'vitest';
import { createOpenRun } from '../../activities/open-run.ts';
import { SPEC } from './open-run-fixture.ts';
import { CONFIGURATION, images } from './run-fixture.ts';

const NIGHTLY = {
  ...SPEC,
  input: { uri: 's3://images/{date}/' },
  output: { uri: 's3://results/{date}/' },
  window: { timeZone: 'Asia/Kolkata', until: '06:00' },
};
const TIMES = { startedAt: '2026-03-01T20:30:02.000Z', scheduledAt: '2026-03-01T20:30:00.000Z' };

function opening() {
  const store = images('2026-03-02/a.png', 'ops/nightly.json');
  let probes = 0;
  const openRun = createOpenRun({ stores: store, configuration: CONFIGURATION, versions: {}, nonce: () => `n${(probes += 1)}` });
  return { store, openRun };
}

describe('a run that a schedule starts', () => {
  it('reads the spec that it was given the name of, with the dates of its own time', async () => {
    const { store, openRun } = opening();
    store.overwrite({ bucket: 'images', key: 'ops/nightly.json' }, JSON.stringify(NIGHTLY));
    const opened = await openRun({ spec: { spec: 's3://images/ops/nightly.json' }, runId: 'nightly-1', ...TIMES });
    expect(opened).toMatchObject({
      output: 's3://results/2026-03-02/run=nightly-1/',
      priority: 'nightly',
      windowEndsMs: Date.parse('2026-03-02T00:30:00Z'),
    });
    const run = JSON.parse(store.text('s3://results/2026-03-02/run=nightly-1/run.json')) as { spec: object };
    expect(run.spec).toMatchObject({ input: { uri: 's3://images/2026-03-02/' }, window: { endsAt: '2026-03-02T00:30:00.000Z' } });
  });

  it('goes on under its id when it is started again for the same moment, though its window is long over', async () => {
    const { openRun } = opening();
    await openRun({ spec: NIGHTLY, runId: 'nightly-1', ...TIMES });
    const again = await openRun({ spec: NIGHTLY, runId: 'nightly-1', ...TIMES, startedAt: '2026-03-09T10:00:00.000Z' });
    expect(again).toMatchObject({ output: 's3://results/2026-03-02/run=nightly-1/', priority: 'backfill' });
    expect(again.windowEndsMs).toBeUndefined();
  });

  it('asks nothing more once its window is over, unless it was told its moment: that makes up for the night', async () => {
    const { store, openRun } = opening();
    store.overwrite({ bucket: 'images', key: 'ops/nightly.json' }, JSON.stringify(NIGHTLY));
    const named = { spec: 's3://images/ops/nightly.json' };
    const morning = '2026-03-02T03:00:00.000Z';
    const late = await openRun({ spec: named, runId: 'nightly-1', ...TIMES, startedAt: morning });
    expect(late.windowEndsMs).toBe(Date.parse('2026-03-02T00:30:00Z'));
    const told = await openRun({ spec: { ...named, at: TIMES.scheduledAt }, runId: 'nightly-1-2', startedAt: morning });
    expect(told).toMatchObject({ output: 's3://results/2026-03-02/run=nightly-1-2/' });
    expect(told.windowEndsMs).toBeUndefined();
  });

  it('says what is wrong with the spec that it reads, and where that stands', async () => {
    const { store, openRun } = opening();
    const spec = { spec: 's3://images/ops/nightly.json' };
    store.overwrite({ bucket: 'images', key: 'ops/nightly.json' }, '{');
    await expect(openRun({ spec, runId: 'n', ...TIMES })).rejects.toThrow('s3://images/ops/nightly.json');
    store.remove({ bucket: 'images', key: 'ops/nightly.json' });
    await expect(openRun({ spec, runId: 'n', ...TIMES })).rejects.toThrow('ops/nightly.json');
    expect(store.keys('results')).toEqual([]);
  });

  it('says everything at once that is wrong with it, its dates included', async () => {
    const { store, openRun } = opening();
    const wrong = { ...NIGHTLY, dataset: 'Night ly', output: { uri: 's3://results/{date:YYYY/QQ}/' } };
    store.overwrite({ bucket: 'images', key: 'ops/nightly.json' }, JSON.stringify(wrong));
    await expect(openRun({ spec: { spec: 's3://images/ops/nightly.json' }, runId: 'n', ...TIMES })).rejects.toThrow(
      /^The run spec has 2 mistakes:\n {2}dataset: .*\n {2}output\.uri: \{date:YYYY\/QQ\} is no date/u,
    );
  });

  it.each([
    ['s3://images/ops/nightly.json', '"s3://images/ops/nightly.json"'],
    [[1], '[1]'],
    [null, 'null'],
    [undefined, 'missing'],
  ])('says what its argument may be where that is %j', async (spec, found) => {
    const { openRun } = opening();
    await expect(openRun({ spec, runId: 'n', ...TIMES })).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: `The argument of the run is ${found}; expected a run spec as a JSON object, or {"spec":"s3://bucket/key"} that names one.`,
    });
  });
});

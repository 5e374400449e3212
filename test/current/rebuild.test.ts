import { describe, expect, test } from 'vitest';
import { rebuildCurrent } from '../../current/rebuild.ts';
import { updateCurrent } from '../../current/update.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import { captionIn, emptyOutput, layRun, OUTPUT, OUTPUT_URI, portsOn, takenOverBy, type Laid } from './laid-run.ts';
import { pointerOf, viewed } from './viewed.ts';

const OPTIONS = { force: false, progress: () => undefined };
const POINTER = { bucket: 'results', key: 'harbours/current/pointer/current.json' };
const FIRST = captionIn('r00', 'a.tif', 1);

/** Twenty runs over three tiles; every third took over what the first had. */
const RUNS: readonly Laid[] = Array.from({ length: 20 }, (_, n) => {
  const runId = `r${String(n).padStart(2, '0')}`;
  const mine = captionIn(runId, ['a.tif', 'b.tif', 'c.tif'][n % 3] ?? '', n * 10 + 1);
  return { runId, began: n * 10, records: n === 0 || n % 3 !== 0 ? [mine] : [takenOverBy(runId, FIRST)] };
});

describe('a view that is made again', () => {
  test('is the one that the runs made as they ended', async () => {
    const [store, other] = [emptyOutput(), emptyOutput()];
    for (const run of RUNS) await updateCurrent(portsOn(store), layRun(store, run));
    for (const run of RUNS) layRun(other, run);
    const { view, gone } = await rebuildCurrent(portsOn(other), OUTPUT, OPTIONS);
    expect(gone).toEqual([]);
    expect(view).toMatchObject({ generation: 1, records: 3 });
    const ids = (of: typeof store) => viewed(of, OUTPUT_URI)?.records.map(({ record_id }) => record_id);
    expect(ids(other)).toEqual(ids(store));
    expect(viewed(other, OUTPUT_URI)?.runs).toEqual(RUNS.map(({ runId }) => runId));
  });

  test('has cancelled runs, and none that are out of balance or have not ended', async () => {
    const store = emptyOutput();
    for (const [runId, state] of [
      ['r1', 'complete'],
      ['r2', 'cancelled'],
      ['r3', 'failed'],
    ] as const)
      layRun(store, { runId, state, began: 0, records: [captionIn(runId, `${runId}.tif`, 1)] });
    store.overwrite({ bucket: 'results', key: 'harbours/run=r4/run.json' }, '{}');
    store.overwrite({ bucket: 'results', key: 'harbours/current/_index/run=r5/part-00000.jsonl' }, '{}\n');
    await rebuildCurrent(portsOn(store), OUTPUT, OPTIONS);
    expect(viewed(store, OUTPUT_URI)?.runs).toEqual(['r1', 'r2']);
  });

  test('is not made where no run has ended', async () => {
    const store = emptyOutput();
    store.overwrite({ bucket: 'results', key: 'harbours/run=r1/run.json' }, '{}');
    const refused = { name: 'NotFound', message: expect.stringMatching(/^No run has ended in s3:\/\/results\/harbours\/, /u) };
    await expect(rebuildCurrent(portsOn(store), OUTPUT, OPTIONS)).rejects.toMatchObject(refused);
    expect(pointerOf(store, OUTPUT_URI)).toBeNull();
  });

  test('takes the place of a damaged one, pointer and parts', async () => {
    const store = emptyOutput();
    await updateCurrent(portsOn(store), layRun(store, RUNS[0] as Laid));
    store.remove({ bucket: 'results', key: `harbours/current/${pointerOf(store, OUTPUT_URI)?.parts[0]?.path}` });
    await rebuildCurrent(portsOn(store), OUTPUT, OPTIONS);
    expect(pointerOf(store, OUTPUT_URI)?.generation).toBe(2);
    store.overwrite(POINTER, 'what is this?');
    await rebuildCurrent(portsOn(store), OUTPUT, OPTIONS);
    expect(viewed(store, OUTPUT_URI)?.runs).toEqual(['r00']);
  });

  test('has the runs that end while it is made', async () => {
    const store = emptyOutput();
    layRun(store, RUNS[1] as Laid);
    const pointers = memoryPointers(store);
    let late: Laid[] = [RUNS[0] as Laid, RUNS[2] as Laid];
    const interrupted: typeof pointers.replace = async (at, bytes, etag) => {
      const [run, ...others] = late;
      if (run !== undefined && at.key === POINTER.key) {
        late = others;
        await updateCurrent(portsOn(store), layRun(store, run));
      }
      return pointers.replace(at, bytes, etag);
    };
    const { view } = await rebuildCurrent(portsOn(store, { pointers: { ...pointers, replace: interrupted } }), OUTPUT, OPTIONS);
    expect(view.generation).toBe(3);
    expect(viewed(store, OUTPUT_URI)).toMatchObject({ runs: ['r00', 'r01', 'r02'], records: [{}, {}, {}] });
  });

  test('refuses to lose what only runs had that are not there any more, unless it is told to', async () => {
    const store = emptyOutput();
    for (const run of RUNS.slice(0, 2)) await updateCurrent(portsOn(store), layRun(store, run));
    for (const key of store.keys('results', 'harbours/run=r00/')) store.remove({ bucket: 'results', key });
    const refused = {
      name: 'NotFound',
      message: expect.stringMatching(/1 run that is not in s3:\/\/results\/harbours\/ .*r00/u),
    };
    await expect(rebuildCurrent(portsOn(store), OUTPUT, OPTIONS)).rejects.toMatchObject(refused);
    expect(viewed(store, OUTPUT_URI)?.runs).toEqual(['r00', 'r01']);
    const { gone } = await rebuildCurrent(portsOn(store), OUTPUT, { ...OPTIONS, force: true });
    expect(gone).toEqual(['r00']);
    expect(viewed(store, OUTPUT_URI)?.runs).toEqual(['r01']);
  });
});

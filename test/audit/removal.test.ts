import { describe, expect, it } from 'vitest';
import { removeWork, workOf } from '../../audit/removal.ts';
import { stillOut } from '../../audit/still-out.ts';
import { PATHS } from '../../domain/layout.ts';
import { DAY_MS, MINUTE_MS } from '../../domain/units.ts';
import { inFlight, tileOf } from '../activities/harvest/harvest-world.ts';
import { put, REF } from '../activities/merged-range.ts';
import { memoryRemover } from '../support/memory-remover.ts';
import { AUDITED, finishedRun, found } from './finished-run.ts';

describe('removing the working files', () => {
  it('removes everything below _work/, page after page, and nothing else', async () => {
    const store = await finishedRun();
    for (let n = 0; n < 1_100; n += 1) put(store, PATHS.logObject('caption', 0, n), 'x');
    const outside = store.keys(REF.bucket).filter((key) => !key.includes('/_work/'));
    const told: number[] = [];
    const removal = { store, remover: memoryRemover(store), progress: (removed: number) => void told.push(removed) };
    const before = store.keys(REF.bucket, workOf(REF).prefix).length;
    expect(await removeWork(removal, REF)).toBe(before);
    expect(told.at(-1)).toBe(before);
    expect(store.keys(REF.bucket)).toEqual(outside);
    expect(await removeWork(removal, REF)).toBe(0);
    expect(await found(store)).toEqual([]);
  });

  it('leaves the run beside it alone, whose id begins alike', async () => {
    const store = await finishedRun();
    const beside = { bucket: REF.bucket, key: `${REF.prefix.slice(0, -1)}0/_work/frozen.json` };
    store.overwrite(beside, '{}');
    await removeWork({ store, remover: memoryRemover(store), progress: () => undefined }, REF);
    expect(store.keys(REF.bucket, beside.key)).toEqual([beside.key]);
  });
});

describe('jobs that a finished run left', () => {
  const NOW = Date.parse('2026-03-02T00:00:00.000Z');
  const lay = async ({ age, callId, leftMs }: { age: number; callId: string | null; leftMs: number }) => {
    const store = await finishedRun('cancelled');
    const task = inFlight(tileOf('a.tif'), callId, { beganAtMs: NOW - age, deadlineAtMs: NOW + leftMs });
    put(store, PATHS.logObject('caption', 0, 1), `${JSON.stringify({ kind: 'slice', n: 1, state: { tasks: [] } })}\n`);
    put(store, PATHS.logObject('caption', 0, 2), `${JSON.stringify({ kind: 'slice', n: 2, state: { tasks: [task] } })}\n`);
    put(store, PATHS.callsObject({ lane: 'caption', strand: 0, n: 2, k: 0 }), '{}\n');
    put(store, PATHS.logObject('caption', 0, 3), `${JSON.stringify({ kind: 'takeover', n: 3 })}\n`);
    return { store, place: REF, run: AUDITED, now: NOW };
  };

  const done = (age: number) => ({ age, callId: 'c1', leftMs: -1 });
  it.each([
    ['of a cancelled run can be collected for 7 days', done(6 * DAY_MS), { collectable: 1, charged: 0 }],
    ['and no longer', done(8 * DAY_MS), { collectable: 0, charged: 0 }],
    [
      'may still hold a GPU',
      { age: MINUTE_MS, callId: null, leftMs: MINUTE_MS },
      { collectable: 0, charged: 1, chargedUntilMs: NOW + MINUTE_MS },
    ],
  ] as const)('%s', async (_what, job, out) => {
    expect(await stillOut(await lay(job), true)).toMatchObject(out);
  });

  it('are not wanted of a complete run', async () => {
    expect(await stillOut(await lay(done(DAY_MS)), false)).toMatchObject({ collectable: 0, charged: 0 });
  });

  it('are none where the logs are gone', async () => {
    const store = await finishedRun();
    expect(await stillOut({ store, place: REF, run: AUDITED, now: NOW }, true)).toEqual({
      collectable: 0,
      charged: 0,
      chargedUntilMs: 0,
    });
  });
});

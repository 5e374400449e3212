import { describe, expect, test } from 'vitest';
import { updateCurrent } from '../../current/update.ts';
import type { CurrentPart } from '../../domain/current.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { captionIn, emptyOutput, layRun, OUTPUT_URI, portsOn, shipsIn, takenOverBy } from './laid-run.ts';
import { pointerOf, viewed } from './viewed.ts';

const KEYS = Array.from({ length: 20 }, (_, n) => `t/${String(n).padStart(2, '0')}.tif`);
const POINTER = 'harbours/current/pointer/current.json';

function answersOf(store: MemoryStore): Record<string, string> {
  const { records = [] } = viewed(store, OUTPUT_URI) ?? {};
  return Object.fromEntries(records.map(({ key, task_id, run_id }) => [`${key} ${task_id}`, run_id]));
}

function partsOf(store: MemoryStore): readonly CurrentPart[] {
  return pointerOf(store, OUTPUT_URI)?.parts ?? [];
}

/** What was asked of the store since. */
function callsSince(store: MemoryStore, from: number, verb: 'get' | 'put'): string[] {
  return store.calls
    .slice(from)
    .filter((call) => call.verb === verb)
    .map(({ key }) => key);
}

const firstRun = { runId: 'r1', began: 0, records: KEYS.map((key) => captionIn('r1', key, 1)) };

describe('the first run of an output', () => {
  test('makes the view, in parts of about the size that is asked for, sorted and without its failures', async () => {
    const store = emptyOutput();
    const failed = { ...captionIn('r1', 'x.tif', 1), status: 'failed' as const, error_code: 'timeout' as const };
    const records = [...firstRun.records, shipsIn('r1', 'a.tif', 2), failed];
    const updated = await updateCurrent(portsOn(store), layRun(store, { ...firstRun, records }));
    expect(updated).toEqual({ generation: 1, switched: true, won: 21, lost: 0 });
    expect(viewed(store, OUTPUT_URI)?.records.map(({ key }) => key)).toEqual([...KEYS, 'a.tif']);
    const captions = partsOf(store).filter(({ kind }) => kind === 'caption');
    expect(captions.length).toBeGreaterThan(4);
    expect(captions.every(({ bytes }) => bytes > 1_500 && bytes <= 3_500)).toBe(true);
    expect(pointerOf(store, OUTPUT_URI)?.runs).toEqual([{ run_id: 'r1', started_at: '2026-03-01T00:00:00.000Z' }]);
  });

  test('without a good record makes a view that has seen it', async () => {
    const store = emptyOutput();
    expect(await updateCurrent(portsOn(store), layRun(store, { runId: 'r1', began: 0, records: [] }))).toMatchObject({ won: 0 });
    expect(viewed(store, OUTPUT_URI)).toEqual({ runs: ['r1'], records: [] });
  });
});

describe('a later run', () => {
  test('reads and writes only the parts that it has something for, and keeps the others by name', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    await updateCurrent(ports, layRun(store, firstRun));
    const before = partsOf(store);
    const later = layRun(store, { runId: 'r2', began: 10, records: [captionIn('r2', KEYS[9] ?? '', 11)] });
    const from = store.calls.length;
    expect(await updateCurrent(ports, later)).toMatchObject({ generation: 2, won: 1 });
    const read = callsSince(store, from, 'get').filter((key) => key.includes('current/captions/'));
    expect(read).toHaveLength(1);
    const after = partsOf(store);
    expect(after.filter(({ path }) => !before.some((part) => part.path === path))).toHaveLength(1);
    expect(after.filter(({ path }) => before.some((part) => part.path === path))).toHaveLength(before.length - 1);
    expect(answersOf(store)[`${KEYS[9]} caption`]).toBe('r2');
  });

  test('that took everything over writes no part, and is seen', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    await updateCurrent(ports, layRun(store, firstRun));
    const before = partsOf(store);
    const records = firstRun.records.map((record) => takenOverBy('r2', record));
    const later = layRun(store, { runId: 'r2', began: 10, records });
    expect(await updateCurrent(ports, later)).toEqual({ generation: 2, switched: true, won: 0, lost: 0 });
    expect(partsOf(store)).toEqual(before);
    const from = store.calls.length;
    expect(await updateCurrent(ports, later)).toEqual({ generation: 2, switched: false, won: 0, lost: 0 });
    expect(callsSince(store, from, 'put').filter((key) => !key.includes('_probe'))).toEqual([]);
  });

  test('adds what it collected of a cancelled run, which has no such record itself', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    await updateCurrent(ports, layRun(store, { ...firstRun, records: firstRun.records.slice(1), state: 'cancelled' }));
    const collected = takenOverBy('r2', captionIn('r1', KEYS[0] ?? '', 12));
    await updateCurrent(ports, layRun(store, { runId: 'r2', began: 10, records: [collected] }));
    expect(answersOf(store)).toMatchObject({ [`${KEYS[0]} caption`]: 'r2', [`${KEYS[1]} caption`]: 'r1' });
  });

  test('whose failure leaves the good record that was there', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    await updateCurrent(ports, layRun(store, firstRun));
    const failed = { ...captionIn('r2', KEYS[0] ?? '', 11), status: 'failed' as const, error_code: 'timeout' as const };
    await updateCurrent(ports, layRun(store, { runId: 'r2', began: 10, records: [failed] }));
    expect(answersOf(store)[`${KEYS[0]} caption`]).toBe('r1');
  });

  test('that asks again what the one before the last asked brings that answer back', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    const key = KEYS[0] ?? '';
    const answer = captionIn('r1', key, 1);
    const runs = [
      { runId: 'r1', began: 0, records: [answer] },
      { runId: 'r2', began: 10, records: [captionIn('r2', key, 11)] },
      { runId: 'r3', began: 20, records: [takenOverBy('r3', answer)] },
    ];
    for (const run of runs) await updateCurrent(ports, layRun(store, run));
    expect(viewed(store, OUTPUT_URI)?.records).toMatchObject([{ record_id: answer.record_id, run_id: 'r3' }]);
  });

  test.each([
    ['indexed', true, ['harbours/run=r3/captions/part-00000.jsonl']],
    [
      'older than indexes',
      false,
      ['r2', 'r3'].flatMap((run) => [0, 1].map((n) => `harbours/run=${run}/captions/part-0000${n}.jsonl`)),
    ],
  ])('reads of runs that began after it only parts that may have its tiles: %s', async (_which, indexed, read) => {
    const store = emptyOutput();
    const ports = portsOn(store);
    const of = (runId: string, began: number, keys: readonly string[]) =>
      layRun(store, { runId, began, records: keys.map((key) => captionIn(runId, key, began + 1)), indexed });
    await updateCurrent(ports, of('r2', 10, ['s/1.tif', 's/2.tif', 'u/1.tif']));
    await updateCurrent(ports, of('r3', 20, [KEYS[5] ?? '', 'u/1.tif']));
    const first = of('r1', 0, KEYS);
    const from = store.calls.length;
    expect(await updateCurrent(ports, first)).toMatchObject({ won: 19 });
    expect(answersOf(store)[`${KEYS[5]} caption`]).toBe('r3');
    const theirs = callsSince(store, from, 'get').filter((key) => /run=r[23].captions/u.test(key));
    expect(theirs.toSorted()).toEqual(read);
  });

  test('leaves no part but the last smaller than half of what is asked for, however many came before', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    for (let n = 0; n < 25; n += 1) {
      const keys = KEYS.filter((_, at) => (at * 7 + n) % 5 === 0).map((key) => `${key}/${(n * 13) % 25}`);
      const records = keys.map((key) => captionIn(`r${n}`, key, n * 10 + 1));
      await updateCurrent(ports, layRun(store, { runId: `r${n}`, began: n * 10, records }));
    }
    const bytes = partsOf(store).map((part) => part.bytes);
    expect(bytes.length).toBeGreaterThan(10);
    expect(Math.max(...bytes)).toBeLessThan(4_500);
    expect(bytes.slice(0, -1).filter((size) => size < 1_000)).toEqual([]);
    expect(viewed(store, OUTPUT_URI)?.records).toHaveLength(100);
  });
});

describe('an update', () => {
  test('that another one forestalls is done again, and loses nothing', async () => {
    const store = emptyOutput();
    const ports = portsOn(store);
    const runs = ['r1', 'r2', 'r3'].map((runId, n) =>
      layRun(store, { runId, began: n, records: [captionIn(runId, `${runId}.tif`, 1)] }),
    );
    const updated = await Promise.all(runs.map((run) => updateCurrent(ports, run)));
    expect(updated.map(({ generation }) => generation).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(updated.some(({ lost }) => lost > 0)).toBe(true);
    expect(answersOf(store)).toEqual({ 'r1.tif caption': 'r1', 'r2.tif caption': 'r2', 'r3.tif caption': 'r3' });
  });

  test('that always loses ends when it is told to, and not before', async () => {
    const store = emptyOutput();
    const controller = new AbortController();
    let tries = 0;
    const losing = async () => {
      tries += 1;
      if (tries === 30) controller.abort(new Error('the worker ends'));
      return 'lost' as const;
    };
    const pointers = { ...memoryPointers(store), replace: losing };
    const updating = updateCurrent(portsOn(store, { pointers, signal: controller.signal }), layRun(store, firstRun));
    await expect(updating).rejects.toThrow('the worker ends');
    expect(tries).toBe(30);
  });

  test('refuses a store that replaces what it was told not to', async () => {
    const store = emptyOutput();
    const blind = async (at: { bucket: string; key: string }, bytes: Uint8Array) => {
      store.overwrite(at, bytes);
      return 'switched' as const;
    };
    const pointers = { ...memoryPointers(store), replace: blind };
    const refused = { name: 'InvalidConfiguration', message: expect.stringContaining('If-Match') };
    await expect(updateCurrent(portsOn(store, { pointers }), layRun(store, firstRun))).rejects.toMatchObject(refused);
    expect(store.keys('results')).not.toContain(POINTER);
  });
});

describe('damage', () => {
  const second = { runId: 'r2', began: 10, records: KEYS.map((key) => captionIn('r2', key, 11)) };

  test.each([
    ['a part of the view that is gone', (store: MemoryStore, key: string) => store.remove({ bucket: 'results', key })],
    ['one that has other bytes', (store: MemoryStore, key: string) => store.overwrite({ bucket: 'results', key }, 'x\n')],
  ])('is told: %s, and how to make the view again', async (_, damage) => {
    const store = emptyOutput();
    await updateCurrent(portsOn(store), layRun(store, firstRun));
    const pointer = store.text(`s3://results/${POINTER}`);
    damage(store, `harbours/current/${partsOf(store)[1]?.path}`);
    const told = { name: 'Internal', message: expect.stringMatching(/current\/captions\/part-.*tilescribe current rebuild/u) };
    await expect(updateCurrent(portsOn(store), layRun(store, second))).rejects.toMatchObject(told);
    expect(store.text(`s3://results/${POINTER}`)).toBe(pointer);
  });

  test.each([
    ['a part of the run that is gone', (store: MemoryStore, key: string) => store.remove({ bucket: 'results', key })],
    ['one that was cut off', (store: MemoryStore, key: string) => store.overwrite({ bucket: 'results', key }, '{"key":"')],
    ['one that is empty', (store: MemoryStore, key: string) => store.overwrite({ bucket: 'results', key }, '')],
  ])('is told: %s; the view stays as it was', async (_, damage) => {
    const store = emptyOutput();
    await updateCurrent(portsOn(store), layRun(store, firstRun));
    const pointer = store.text(`s3://results/${POINTER}`);
    const run = layRun(store, second);
    damage(store, 'harbours/run=r2/captions/part-00001.jsonl');
    const told = { name: 'Internal', message: expect.stringContaining('run=r2/captions/part-00001.jsonl') };
    await expect(updateCurrent(portsOn(store), run)).rejects.toMatchObject(told);
    expect(store.text(`s3://results/${POINTER}`)).toBe(pointer);
  });

  test('of the pointer is told, and nothing is written', async () => {
    const store = emptyOutput();
    store.overwrite({ bucket: 'results', key: POINTER }, '{"schema_version":2}\n');
    const told = { name: 'Internal', message: expect.stringContaining('tilescribe current rebuild') };
    await expect(updateCurrent(portsOn(store), layRun(store, firstRun))).rejects.toMatchObject(told);
  });
});

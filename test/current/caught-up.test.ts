import { describe, expect, test } from 'vitest';
import type { EndedRun } from '../../current/ports.ts';
import { rebuildCurrent } from '../../current/rebuild.ts';
import { updateCurrent, type Updated } from '../../current/update.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { captionIn, emptyOutput, layRun, OUTPUT, OUTPUT_URI, portsOn, shipsIn } from './laid-run.ts';
import { pointerOf, viewed } from './viewed.ts';

const KEYS = Array.from({ length: 40 }, (_, n) => `t/${String(n).padStart(2, '0')}.tif`);
const LONG = { runId: 'long', began: 10, records: KEYS.map((key) => captionIn('long', key, 20)) };

function layShort(store: MemoryStore, n: number): EndedRun {
  const runId = `s${n}`;
  return layRun(store, { runId, began: 30 + n, records: [captionIn(runId, KEYS[n] ?? '', 31 + n)] });
}

/** Updates by a run before each of whose first switches somebody else is first. */
function updateBeside(store: MemoryStore, run: EndedRun, others: readonly (() => Promise<unknown>)[]): Promise<Updated> {
  const left = [...others];
  const pointers = memoryPointers(store);
  const replace: PointerStore['replace'] = async (at, bytes, etag) => {
    if (at.key.endsWith('current.json')) await left.shift()?.();
    return pointers.replace(at, bytes, etag);
  };
  return updateCurrent(portsOn(store, { pointers: { read: (at) => pointers.read(at), replace } }), run);
}

/** Makes the view again, from runs that were listed before the long one had ended. */
async function rebuildWithoutLong(store: MemoryStore, force: boolean): Promise<void> {
  const at = { bucket: 'results', key: 'harbours/run=long/manifest.json' };
  const manifest = store.text(`s3://${at.bucket}/${at.key}`);
  store.remove(at);
  await rebuildCurrent(portsOn(store), OUTPUT, { force, progress: () => undefined });
  store.overwrite(at, manifest);
}

function answersOf(store: MemoryStore): Record<string, string> {
  const { records = [] } = viewed(store, OUTPUT_URI) ?? {};
  return Object.fromEntries(records.map(({ key, run_id }) => [key, run_id]));
}

function readsOf(store: MemoryStore, what: RegExp): number {
  return store.calls.filter(({ verb, key }) => verb === 'get' && what.test(key)).length;
}

describe('a long run that short ones forestall', () => {
  test.each([true, false])('adds them to what it has made, and reads itself once: view before %s', async (before) => {
    const store = emptyOutput();
    const old = { runId: 'old', began: 0, records: KEYS.map((key) => captionIn('old', key, 1)) };
    if (before) await updateCurrent(portsOn(store), layRun(store, old));
    const shorts = Array.from({ length: 9 }, (_, n) => layShort(store, n));
    const others = shorts.map((short) => () => updateCurrent(portsOn(store), short));
    const generation = before ? 11 : 10;
    const updated = await updateBeside(store, layRun(store, LONG), others);
    expect(updated).toEqual({ generation, switched: true, won: 40, lost: 9 });
    expect(answersOf(store)).toEqual(Object.fromEntries(KEYS.map((key, n) => [key, n < 9 ? `s${n}` : 'long'])));
    expect(viewed(store, OUTPUT_URI)?.runs).toHaveLength(generation);
    expect(readsOf(store, /run=long\/captions/u)).toBe(2);
  });

  test('is merged again where what came meanwhile is more than itself', async () => {
    const store = emptyOutput();
    const records = [...KEYS.map((key) => captionIn('more', key, 25)), shipsIn('more', 'a.tif', 25)];
    const more = layRun(store, { runId: 'more', began: 5, records });
    const updated = await updateBeside(store, layRun(store, LONG), [() => updateCurrent(portsOn(store), more)]);
    expect(updated).toMatchObject({ generation: 2, won: 0, lost: 1 });
    expect(readsOf(store, /run=long\/captions/u)).toBe(4);
    expect(new Set(Object.values(answersOf(store)))).toEqual(new Set(['more']));
  });

  test('does not bring back what was given up meanwhile', async () => {
    const store = emptyOutput();
    const gone = layRun(store, { runId: 'gone', began: 0, records: [captionIn('gone', 't/00.old', 1)] });
    await updateCurrent(portsOn(store), gone);
    await updateCurrent(portsOn(store), layShort(store, 0));
    const rebuild = async (): Promise<void> => {
      for (const key of store.keys('results', 'harbours/run=gone/')) store.remove({ bucket: 'results', key });
      await rebuildWithoutLong(store, true);
    };
    await updateBeside(store, layRun(store, LONG), [rebuild]);
    expect(answersOf(store)).not.toHaveProperty(['t/00.old']);
    expect(viewed(store, OUTPUT_URI)?.runs).toEqual(['long', 's0']);
  });

  test('leaves what was made good meanwhile', async () => {
    const store = emptyOutput();
    const far = KEYS.map((key) => captionIn('far', `z/${key}`, 1));
    await updateCurrent(portsOn(store), layRun(store, { runId: 'far', began: 0, records: far }));
    const [last] = pointerOf(store, OUTPUT_URI)?.parts.slice(-1) ?? [];
    const short = layShort(store, 0);
    const repair = async (): Promise<void> => {
      store.remove({ bucket: 'results', key: `harbours/current/${last?.path}` });
      await updateCurrent(portsOn(store), short);
      await rebuildWithoutLong(store, false);
    };
    await updateBeside(store, layRun(store, LONG), [repair]);
    expect(Object.keys(answersOf(store))).toHaveLength(KEYS.length * 2);
  });

  test.each([
    ['damaged', 'captions/part-00000.jsonl', 'x\n'],
    ['without a manifest that can be read', 'manifest.json', '{}'],
  ])('does not fail of one of them that is %s by then', async (_, path, text) => {
    const store = emptyOutput();
    const short = layShort(store, 0);
    const other = async (): Promise<void> => {
      await updateCurrent(portsOn(store), short);
      store.overwrite({ bucket: 'results', key: `harbours/run=s0/${path}` }, text);
    };
    expect(await updateBeside(store, layRun(store, LONG), [other])).toMatchObject({ switched: true, lost: 1 });
    expect(viewed(store, OUTPUT_URI)?.runs).toEqual(['long', 's0']);
    expect(answersOf(store)).toMatchObject({ [KEYS[0] ?? '']: 's0', [KEYS[1] ?? '']: 'long' });
  });
});

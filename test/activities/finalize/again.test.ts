import { describe, expect, test } from 'vitest';
import { REF, put } from '../merged-range.ts';
import { contents, Killed, MISHAPS, writeNumber } from '../mishap.ts';
import { viewed } from '../../current/viewed.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import { AT, CANCELLED, COMPLETE, finalizing, mergedRun, outside, still } from './merged-run.ts';

/** All that there are: reports, manifest, then the question whether the store knows conditions, two parts and the pointer of the view. */
const WRITES = [0, 1, 2, 3, 4, 5, 6, 7];

/** @returns the run to the byte, and what readers of the current view see: names of its parts are never the same twice. */
function outcome(store: MemoryStore): object {
  const run = Object.entries(contents(store, 'results')).filter(([key]) => key.startsWith(REF.prefix));
  return { run: Object.fromEntries(run), view: viewed(store, 's3://results/harbours/') };
}

describe('closing a run again', () => {
  test.each(WRITES)('after a death before or after write %d ends with the same bytes', async (write) => {
    const calm = mergedRun();
    const expected = await finalizing(calm)(COMPLETE, still());
    for (const kind of ['dead before', 'dead after'] as const) {
      const store = mergedRun();
      MISHAPS[kind](store, writeNumber(write));
      await expect(finalizing(store)(COMPLETE, still())).rejects.toThrow(Killed);
      expect(await finalizing(store)(COMPLETE, still())).toEqual(expected);
      expect(outcome(store)).toEqual(outcome(calm));
    }
  });

  test.each(WRITES)('is not needed where only the reply to write %d was lost', async (write) => {
    const calm = mergedRun();
    const expected = await finalizing(calm)(COMPLETE, still());
    const store = mergedRun();
    MISHAPS['lost reply'](store, writeNumber(write));
    expect(await finalizing(store)(COMPLETE, still())).toEqual(expected);
    expect(outcome(store)).toEqual(outcome(calm));
  });

  test('keeps the manifest that is there: what was cancelled does not become complete', async () => {
    const store = mergedRun();
    const cancelled = await finalizing(store)(CANCELLED, still());
    expect(await finalizing(store)(COMPLETE, still())).toEqual(cancelled);
    expect(outside(store)).not.toContain(`${REF.prefix}_SUCCESS`);
  });

  test('adopts a report of an earlier attempt that had other thumbnails', async () => {
    const store = mergedRun();
    put(store, 'report.html', 'an earlier page');
    expect(await finalizing(store)(COMPLETE, still())).toMatchObject({ success: true });
    expect(store.text(`${AT}report.html`)).toBe('an earlier page');
  });
});

describe('reading back the parts', () => {
  test.each([
    ['a changed byte', (text: string) => text.replace('harbour', 'Harbour')],
    ['a lost line', (text: string) => text.slice(text.indexOf('\n') + 1)],
    ['a cut end', (text: string) => text.slice(0, -20)],
  ])('finds %s, and vouches for nothing', async (_what, damage) => {
    const store = mergedRun();
    put(store, 'captions/part-00000.jsonl', damage(store.text(`${AT}captions/part-00000.jsonl`)));
    await expect(finalizing(store)(COMPLETE, still())).rejects.toMatchObject({
      name: 'Internal',
      message: expect.stringContaining('captions/part-00000.jsonl'),
    });
    expect(outside(store)).toEqual([]);
  });

  test('finds a part that is gone', async () => {
    const store = mergedRun();
    store.remove({ bucket: 'results', key: `${REF.prefix}answers/part-00001.jsonl` });
    await expect(finalizing(store)(COMPLETE, still())).rejects.toMatchObject({ name: 'Internal' });
  });
});

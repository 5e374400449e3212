import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createMerge, type MergeArgs } from '../../../activities/merge/merge.ts';
import type { TileRecord } from '../../../domain/record.ts';
import type { Merged, RunRef } from '../../../domain/run.ts';
import { failedWith, recordOf, RUN, shipsOf } from '../../report/fixture.ts';
import { type Committed, layLog, layManifest, tileOf } from '../range-log.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { contents, Killed, MISHAPS, writeNumber } from '../mishap.ts';

const REF: RunRef = { runId: RUN.runId, bucket: 'results', prefix: 'harbours/run=harbours-1/' };
const AT = 's3://results/harbours/run=harbours-1/';
const ODD = ['tiles/z.tif', 'tiles/ü.tif', 'tiles/🚢.tif', 'tiles/\uff5e.tif', 'tiles/a"\n\u0001.tif', 'tiles/../x.tif', '='];

/** All that there are: five in each of the runs below. */
const WRITES = [0, 1, 2, 3, 4];

const still = () => ({ beat: () => undefined, signal: new AbortController().signal });

function merging(store: MemoryStore, heldChars = 1_000_000) {
  const scratch = { folder: tmpdir(), heldChars };
  return createMerge({ stores: store, readRun: async () => RUN, scratch });
}

function spread(records: readonly TileRecord[]): Committed[] {
  return records.map((record, at) => ({ slice: 2 + (at % 3), range: 0, record }));
}

/** Lays out a run of one range: its tiles, and what each lane has committed. */
function range(keys: readonly string[], captions: readonly Committed[], ships: readonly Committed[]) {
  const store = new MemoryStore(['imagery', 'results']);
  layManifest(
    store,
    { ref: REF, range: 0 },
    keys.map((key) => tileOf(key)),
  );
  const ends = [layLog(store, { ref: REF, lane: 'vqa' }, ships), layLog(store, { ref: REF, lane: 'caption' }, captions)];
  return { store, args: { ...REF, range: 0, ends, partial: false } satisfies MergeArgs };
}

function whole(keys: readonly string[]) {
  const captions = spread(keys.map((key) => recordOf({ key })));
  return range(keys, captions, spread(keys.map((key) => shipsOf(key))));
}

function keysOf(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as TileRecord).key);
}

describe('merging a range', () => {
  test('makes one part per folder, in the order of the keys as UTF-8 bytes, each record its own JSON on a line', async () => {
    const { store, args } = whole(ODD);
    const result = await merging(store)(args, still());
    expect(result).toEqual({ ok: 14, failed: 0, skipped: 0, cancelled: 0, missing: 0, duplicates: 0 });
    const sorted = ODD.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const captions = store.text(`${AT}captions/part-00000.jsonl`);
    expect(keysOf(captions)).toEqual(sorted);
    expect(captions.split('\n')[0]).toBe(JSON.stringify(recordOf({ key: '=' })));
    expect(keysOf(store.text(`${AT}answers/part-00000.jsonl`))).toEqual(sorted);
    expect(store.keys('results', `${REF.prefix}errors/`)).toEqual([]);
  });

  test('leaves a compact index beside the runs, from which a later run tells what it need not ask', async () => {
    const { store, args } = range(
      ['tiles/a.tif', 'tiles/b.tif'],
      spread([recordOf({ key: 'tiles/b.tif' }), recordOf({ key: 'tiles/a.tif', ...failedWith('timeout', 'too slow') })]),
      spread(['tiles/a.tif', 'tiles/b.tif'].map((key) => shipsOf(key))),
    );
    await merging(store)(args, still());
    const { index } = JSON.parse(store.text(`${AT}_work/merged/part-00000.json`)) as Merged;
    const text = store.text('s3://results/harbours/current/_index/run=harbours-1/part-00000.jsonl');
    const { etag, created_at } = recordOf({});
    const lines = text.split('\n').slice(0, -1);
    const line = { bucket: 'imagery', etag, at: Date.parse(created_at) };
    expect(lines.map((one) => JSON.parse(one) as object)).toEqual([
      { ...line, key: 'tiles/a.tif', task_id: 'caption', code: 'timeout' },
      { ...line, key: 'tiles/a.tif', task_id: 'ships', code: null },
      { ...line, key: 'tiles/b.tif', task_id: 'caption', code: null },
      { ...line, key: 'tiles/b.tif', task_id: 'ships', code: null },
    ]);
    expect(index).toEqual({
      path: 'current/_index/run=harbours-1/part-00000.jsonl',
      range: 0,
      bytes: text.length,
      lines: 4,
      sha256: createHash('sha256').update(text).digest('hex'),
      first: { key: 'tiles/a.tif', bucket: 'imagery' },
      last: { key: 'tiles/b.tif', bucket: 'imagery' },
    });
  });

  test('says of every part how many bytes and lines it has, and their checksum', async () => {
    const { store, args } = whole(['tiles/a.tif', 'tiles/b.tif']);
    await merging(store)(args, still());
    const merged = JSON.parse(store.text(`${AT}_work/merged/part-00000.json`));
    for (const part of merged.parts) {
      const bytes = Buffer.from(store.text(AT + part.path));
      expect(part.bytes).toBe(bytes.byteLength);
      expect(part.lines).toBe(bytes.toString().split('\n').length - 1);
      expect(part.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(merged.parts.map((part: { path: string }) => part.path)).toEqual([
      'answers/part-00000.jsonl',
      'captions/part-00000.jsonl',
    ]);
  });

  test('puts what failed and what was skipped, of every kind, together in errors/', async () => {
    const keys = ['tiles/a.tif', 'tiles/b.tif', 'tiles/c.tif'];
    const captions = [
      recordOf({ key: 'tiles/c.tif', ...failedWith('timeout', 'late') }),
      recordOf({ key: 'tiles/b.tif', ...failedWith('empty_tile', 'nothing') }),
      recordOf({ key: 'tiles/a.tif', ...failedWith('cancelled', 'call c1') }),
    ];
    const ships = [shipsOf('tiles/c.tif', failedWith('lost', 'gone')), shipsOf('tiles/a.tif'), shipsOf('tiles/b.tif')];
    const { store, args } = range(keys, spread(captions), spread(ships));
    expect(await merging(store)(args, still())).toMatchObject({ ok: 2, failed: 2, skipped: 1, cancelled: 1 });
    expect(keysOf(store.text(`${AT}errors/part-00000.jsonl`))).toEqual([...keys, 'tiles/c.tif']);
    expect(store.keys('results', `${REF.prefix}captions/`)).toEqual([]);
  });

  test('takes only its own range out of slices that hold several', async () => {
    const store = new MemoryStore(['imagery', 'results']);
    for (const at of [0, 1, 2]) layManifest(store, { ref: REF, range: at }, [tileOf(`tiles/${at}.tif`)]);
    const captions = [2, 0, 1].map((at) => ({ slice: 3, range: at, record: recordOf({ key: `tiles/${at}.tif` }) }));
    const ships = [0, 1, 2].map((at) => ({ slice: 2 + at, range: at, record: shipsOf(`tiles/${at}.tif`) }));
    const ends = [layLog(store, { ref: REF, lane: 'caption' }, captions), layLog(store, { ref: REF, lane: 'vqa' }, ships)];
    const result = await merging(store)({ ...REF, range: 1, ends, partial: false }, still());
    expect(result).toMatchObject({ ok: 2, missing: 0, duplicates: 0 });
    expect(keysOf(store.text(`${AT}captions/part-00001.jsonl`))).toEqual(['tiles/1.tif']);
  });

  test('names the tasks that have no record', async () => {
    const keys = ['tiles/b.tif', 'tiles/a.tif'];
    const { store, args } = range(keys, spread([recordOf({ key: 'tiles/a.tif' })]), []);
    expect(await merging(store)(args, still())).toMatchObject({ ok: 1, missing: 3 });
    expect(JSON.parse(store.text(`${AT}_work/merged/part-00000.json`)).missing).toEqual([
      'imagery/tiles/a.tif#ships',
      'imagery/tiles/b.tif#caption',
      'imagery/tiles/b.tif#ships',
    ]);
  });

  test('only counts them where the run was cancelled', async () => {
    const { store, args } = range(['tiles/a.tif', 'tiles/b.tif'], spread([recordOf({ key: 'tiles/a.tif' })]), []);
    expect(await merging(store)({ ...args, partial: true }, still())).toMatchObject({ ok: 1, missing: 3 });
    expect(JSON.parse(store.text(`${AT}_work/merged/part-00000.json`)).missing).toEqual([]);
  });

  test('keeps the first of two records of a task, and counts the second', async () => {
    const twice = [recordOf({ text: 'first' }), recordOf({ text: 'second' })];
    const { store, args } = range(['tiles/a.tif'], spread(twice), spread([shipsOf('tiles/a.tif')]));
    expect(await merging(store)(args, still())).toMatchObject({ ok: 2, missing: 0, duplicates: 1 });
    expect(store.text(`${AT}captions/part-00000.jsonl`)).toBe(`${JSON.stringify(twice[0])}\n`);
  });

  test('keeps no record that nobody asked for', async () => {
    const captions = spread([recordOf(), recordOf({ key: 'tiles/other.tif' })]);
    const { store, args } = range(['tiles/a.tif'], captions, spread([shipsOf('tiles/a.tif')]));
    expect(await merging(store)(args, still())).toMatchObject({ ok: 2, missing: 0, duplicates: 1 });
    expect(keysOf(store.text(`${AT}captions/part-00000.jsonl`))).toEqual(['tiles/a.tif']);
  });
});

describe('merging a range again', () => {
  const keys = Array.from({ length: 40 }, (_, at) => `tiles/${(at * 7) % 40}.tif`);
  const mixed = () =>
    range(
      keys,
      spread(keys.map((key, at) => recordOf({ key, ...(at % 5 === 0 ? failedWith('timeout', 'late') : {}) }))),
      spread(keys.map((key) => shipsOf(key))),
    );

  test.each(WRITES)('after a death before or after write %d ends with the same bytes', async (write) => {
    const calm = mixed();
    const expected = await merging(calm.store)(calm.args, still());
    for (const kind of ['dead before', 'dead after'] as const) {
      const { store, args } = mixed();
      MISHAPS[kind](store, writeNumber(write));
      await expect(merging(store)(args, still())).rejects.toThrow(Killed);
      expect(await merging(store)(args, still())).toEqual(expected);
      expect(contents(store, 'results')).toEqual(contents(calm.store, 'results'));
    }
  });

  test.each(WRITES)('is not needed where only the reply to write %d was lost', async (write) => {
    const calm = mixed();
    const expected = await merging(calm.store)(calm.args, still());
    const { store, args } = mixed();
    MISHAPS['lost reply'](store, writeNumber(write));
    expect(await merging(store)(args, still())).toEqual(expected);
    expect(contents(store, 'results')).toEqual(contents(calm.store, 'results'));
  });

  test('stops as internal, naming the part, where other bytes stand in its place', async () => {
    const { store, args } = mixed();
    store.overwrite({ bucket: 'results', key: `${REF.prefix}captions/part-00000.jsonl` }, '{}\n');
    await expect(merging(store)(args, still())).rejects.toMatchObject({
      name: 'Internal',
      message: expect.stringContaining('captions/part-00000.jsonl'),
    });
    expect(store.text(`${AT}captions/part-00000.jsonl`)).toBe('{}\n');
    expect(store.keys('results', `${REF.prefix}_work/merged/`)).toEqual([]);
  });

  test('reads nothing anew once it is merged', async () => {
    const { store, args } = mixed();
    const expected = await merging(store)(args, still());
    const before = store.calls.length;
    expect(await merging(store)(args, still())).toEqual(expected);
    expect(store.calls.slice(before).map(({ verb, key }) => [verb, key])).toEqual([
      ['get', `${REF.prefix}_work/merged/part-00000.json`],
    ]);
  });

  test('stops when it is told to', async () => {
    const { store, args } = mixed();
    const stop = new AbortController();
    stop.abort(new Error('told to stop'));
    await expect(merging(store)(args, { ...still(), signal: stop.signal })).rejects.toThrow('told to stop');
    expect(store.calls.filter(({ verb }) => verb !== 'get')).toEqual([]);
  });
});

describe('merging more than fits in memory', () => {
  test('gives the same bytes by way of the disk', async () => {
    const keys = Array.from({ length: 200 }, (_, at) => `tiles/${(at * 37) % 200}.tif`);
    const inMemory = whole(keys);
    const onDisk = whole(keys);
    await merging(inMemory.store)(inMemory.args, still());
    await merging(onDisk.store, 5_000)(onDisk.args, still());
    expect(contents(onDisk.store, 'results')).toEqual(contents(inMemory.store, 'results'));
  });

  test('says what to do where the temporary folder cannot be written', async () => {
    const { store, args } = whole(['tiles/a.tif']);
    const scratch = { folder: `${tmpdir()}/not-there-tilescribe`, heldChars: 10 };
    const merge = createMerge({ stores: store, readRun: async () => RUN, scratch });
    await expect(merge(args, still())).rejects.toMatchObject({ name: 'Unreachable', message: expect.stringContaining('TMPDIR') });
  });
});

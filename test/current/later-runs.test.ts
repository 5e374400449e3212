import { describe, expect, test } from 'vitest';
import { updateCurrent } from '../../current/update.ts';
import type { S3Location } from '../../domain/layout.ts';
import type { GetOptions } from '../../ports/object-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { memoryPointers } from '../support/memory-pointers.ts';
import { captionIn, layRun, OUTPUT_URI, portsOn, takenOverBy } from './laid-run.ts';
import { viewed } from './viewed.ts';

const LATER = 300;
const KEYS = Array.from({ length: 150 }, (_, n) => `t/${String(n).padStart(3, '0')}.tif`);

/** A store that says how many parts of runs are being read, and were at most. */
class WatchedStore extends MemoryStore {
  most = 0;
  open = 0;

  override async get(at: S3Location, options?: GetOptions): Promise<AsyncIterable<Uint8Array>> {
    const bytes = await super.get(at, options);
    return /run=.*\/captions\//u.test(at.key) ? this.#watched(bytes) : bytes;
  }

  async *#watched(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    try {
      yield* bytes;
    } finally {
      this.open -= 1;
    }
  }
}

/** What one of many small runs asked anew, of the tiles of the long one. */
function keysOf(n: number): string[] {
  return KEYS.filter((_, at) => at % 3 === 0 && (at + n) % 7 === 0);
}

/** A long run, and many that began after it and ended before it. */
async function manyLater(store: MemoryStore): Promise<ReturnType<typeof layRun>> {
  const ports = portsOn(store, { cutBytes: 100_000 });
  for (let n = 0; n < LATER; n += 1) {
    const runId = `s${String(n).padStart(3, '0')}`;
    const records = keysOf(n).map((key) => captionIn(runId, key, n + 1));
    await updateCurrent(ports, layRun(store, { runId, began: n + 1, records, indexed: n % 2 === 0 }));
  }
  return layRun(store, { runId: 'long', began: 0, records: KEYS.map((key) => captionIn('long', key, 200)), indexed: true });
}

/** Which run has the newest answer to a tile: the long one asked in minute 200. */
function newestOf(key: string): string {
  const asked = Array.from({ length: LATER }, (_, n) => n).findLast((n) => keysOf(n).includes(key));
  return asked !== undefined && asked + 1 > 200 ? `s${String(asked).padStart(3, '0')}` : 'long';
}

describe('a long run, when many have begun and ended beside it', () => {
  test('gives way to what they asked later, and reads no more than sixteen of them at once', async () => {
    const store = new WatchedStore(['results']);
    const long = await manyLater(store);
    store.most = 0;
    expect(await updateCurrent(portsOn(store), long)).toMatchObject({ generation: LATER + 1, switched: true, won: 100 });
    const records = viewed(store, OUTPUT_URI)?.records ?? [];
    expect(records.map(({ key, run_id }) => [key, run_id])).toEqual(KEYS.map((key) => [key, newestOf(key)]));
    expect(store.most).toBeGreaterThan(1);
    expect(store.most).toBeLessThanOrEqual(17);
  });

  test('gives way to one of them that found an older answer to hold, which the view has from before', async () => {
    const store = new WatchedStore(['results']);
    const ports = portsOn(store);
    const key = KEYS[0] ?? '';
    const old = captionIn('old', key, 1);
    await updateCurrent(ports, layRun(store, { runId: 'old', began: 0, records: [old] }));
    for (let n = 0; n < 40; n += 1) {
      const runId = `s${n}`;
      const records = n === 3 ? [takenOverBy(runId, old)] : [captionIn(runId, `${runId}.tif`, n + 20)];
      await updateCurrent(ports, layRun(store, { runId, began: n + 20, records }));
    }
    const long = layRun(store, { runId: 'long', began: 10, records: [captionIn('long', key, 15)] });
    expect(await updateCurrent(ports, long)).toMatchObject({ won: 0 });
    expect(viewed(store, OUTPUT_URI)?.records.find((record) => record.key === key)).toMatchObject({ record_id: old.record_id });
  });

  test('ends when it is told to while it reads them, and leaves nothing open', async () => {
    const store = new WatchedStore(['results']);
    const long = await manyLater(store);
    const controller = new AbortController();
    let beats = 0;
    const beat = (): void => {
      beats += 1;
      if (beats === 40) controller.abort(new Error('the worker ends'));
    };
    const ports = portsOn(store, { beat, signal: controller.signal, pointers: memoryPointers(store) });
    await expect(updateCurrent(ports, long)).rejects.toThrow('the worker ends');
    expect(store.open).toBe(0);
    expect(await updateCurrent(portsOn(store), long)).toMatchObject({ switched: true, won: 100 });
  });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ObjectStoreError } from '../../../ports/object-store.ts';
import { enumerateOn, everything, frozenOf, images, manifestOf, runOver, type RunStore } from '../run-fixture.ts';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `t/${String(n).padStart(4, '0')}.tif`);
const LIST = { uri: 's3://images/list.jsonl' };

function listed(keys: readonly string[]): RunStore {
  return images(...keys).fill('images', ['list.jsonl'], keys.map((key) => JSON.stringify({ key })).join('\n'));
}

async function sampleOf(store: RunStore, input: object, rangeTiles?: number): Promise<string[]> {
  await enumerateOn(store, runOver(input, rangeTiles));
  return manifestOf(store).flat();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00.000Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a sample', () => {
  it('is as many tiles as were wanted, from everywhere, in the order of the keys', async () => {
    const keys = await sampleOf(images(...numbered(400)), { sample: 40 }, 15);
    expect(keys).toHaveLength(40);
    expect(keys).toEqual(keys.toSorted());
    expect(keys.filter((key) => key < 't/0200').length).toBeGreaterThan(5);
    expect(keys.filter((key) => key >= 't/0200').length).toBeGreaterThan(5);
  });

  it('is the same from a prefix and from a list, whatever the bytes are, and stays it when the run is another', async () => {
    const keys = await sampleOf(images(...numbered(90)), { sample: 7 });
    expect(await sampleOf(images().fill('images', numbered(90), 'other'), { sample: 7 })).toEqual(keys);
    expect(await sampleOf(listed(numbered(90).toReversed()), { ...LIST, sample: 7 })).toEqual(keys);
  });

  it('changes by newcomers only when tiles are added', async () => {
    const any = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(any, any, fc.integer({ min: 1, max: 30 }), async (some, more, sample) => {
        const keysOf = (numbers: readonly number[]): string[] => ['t/always', ...numbers.map((n) => `t/${n}`)];
        const before = await sampleOf(images(...keysOf(some)), { sample });
        const after = await sampleOf(images(...keysOf([...some, ...more])), { sample });
        expect(after).toHaveLength(Math.min(sample, keysOf([...new Set([...some, ...more])]).length));
        for (const key of after) expect(before.includes(key) || !keysOf(some).includes(key)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('of more than there are is all there are, with everything that is no tile counted', async () => {
    const s3 = images(...numbered(6), 't/0000.txt', 't/0003.tif.aux.xml', 't/z.txt');
    expect(await sampleOf(s3, { sample: 25_000 }, 4)).toEqual(numbered(6));
    expect(frozenOf(s3)).toMatchObject({ inputs: 6, ignored: { sidecar: 3 } });
  });

  it('is drawn after the filters, from what the limit lets through, and only that is counted', async () => {
    const s3 = images(...numbered(100), 't/a.txt', 't/0000.txt', 't/0001.png');
    const drawn = await sampleOf(s3, { exclude: ['*.png'], limit: 20, sample: 8 });
    expect(drawn.every((key) => key <= 't/0019.tif')).toBe(true);
    expect(drawn).toHaveLength(8);
    expect(frozenOf(s3)).toMatchObject({ inputs: 8, ignored: { sidecar: 1, excluded: 1, zero_bytes: 0 } });
  });

  it('asks S3 for the drawn keys of a list, and for no other', async () => {
    const s3 = listed(numbered(300));
    const keys = await sampleOf(s3, { ...LIST, sample: 5 });
    const asked = s3.calls.filter(({ verb, key }) => verb === 'head' && key.endsWith('.tif')).map(({ key }) => key);
    expect(new Set(asked)).toEqual(new Set(keys));
    expect(asked).toHaveLength(5);
  });
});

describe('a sample that was cut off', () => {
  it('is the same however often', async () => {
    const keys = [...numbered(40), 't/0007.txt', 't/0021.txt'];
    const whole = images(...keys);
    const run = runOver({ sample: 11 }, 3);
    const outcome = await enumerateOn(whole, run);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean()), { maxLength: 4 }), async (stops) => {
        const s3 = images(...keys);
        for (const [n, reply] of stops) {
          let [puts, isOver] = [0, false];
          const nth = ({ verb }: { verb: string }): boolean => !isOver && verb === 'put' && (puts += 1) === n;
          const gone = new ObjectStoreError('unreachable', 'gone');
          if (reply) s3.hooks.loseReply(nth, gone);
          else s3.hooks.failNext(nth, gone);
          await enumerateOn(s3, run).catch(() => {});
          isOver = true;
        }
        expect(await enumerateOn(s3, run)).toEqual(outcome);
        expect(everything(s3)).toEqual(everything(whole));
      }),
      { numRuns: 60 },
    );
  });

  it('is never larger than was wanted, also where tiles came and went meanwhile', async () => {
    const any = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 40 });
    const scene = fc.record({
      some: any,
      others: any,
      sample: fc.integer({ min: 1, max: 20 }),
      stop: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ some, others, sample, stop }) => {
        const keysOf = (numbers: readonly number[]): string[] => ['t/always', ...numbers.map((n) => `t/${n}`)];
        const run = runOver({ sample }, 3);
        const s3 = images(...keysOf(some));
        let puts = 0;
        s3.hooks.failNext(({ verb }) => verb === 'put' && (puts += 1) === stop);
        await enumerateOn(s3, run).catch(() => {});
        s3.empty('images').fill('images', keysOf(others));
        const { inputs } = await enumerateOn(s3, run);
        const keys = manifestOf(s3).flat();
        expect(inputs).toBe(keys.length);
        expect(inputs).toBeLessThanOrEqual(sample);
        expect(keys).toEqual([...new Set(keys)].toSorted());
      }),
      { numRuns: 100 },
    );
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gathered } from '../gathered.ts';
import { externalSort } from '../../../activities/enumerate/external-sort.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const compare = (a: number, b: number): number => a - b;

async function* numbers(all: Iterable<number>): AsyncGenerator<number> {
  yield* all;
}

function* scattered(count: number): Generator<number> {
  for (let n = 0; n < count; n += 1) yield (n * 7_919) % count;
}

describe('sorting more than fits into memory', () => {
  it('gives what sorting in memory gives', async () => {
    const directory = await scratchDirectory();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 9 }), async (all, keep) => {
        expect(await gathered(externalSort(numbers(all), { compare, keep, directory }))).toEqual(all.toSorted(compare));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves what is equal in the order in which it came', async () => {
    const directory = await scratchDirectory();
    const byTens = (a: number, b: number): number => Math.floor(a / 10) - Math.floor(b / 10);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 40 })), fc.integer({ min: 1, max: 9 }), async (all, keep) => {
        expect(await gathered(externalSort(numbers(all), { compare: byTens, keep, directory }))).toEqual(all.toSorted(byTens));
      }),
      { numRuns: 50 },
    );
  });

  it('holds at most what it is told: 60,000 entries at 5,000 are twelve files of 5,000', async () => {
    const directory = await scratchDirectory();
    const sorted = externalSort(numbers(scattered(60_000)), { compare, keep: 5_000, directory });
    expect(await sorted.next()).toEqual({ done: false, value: 0 });
    const [folder = ''] = await readdir(directory);
    const files = await readdir(join(directory, folder));
    const texts = await Promise.all(files.map((file) => readFile(join(directory, folder, file), 'utf8')));
    expect(texts.map((text) => text.split('\n').length - 1)).toEqual(Array.from({ length: 12 }, () => 5_000));
    await sorted.return(undefined);
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves nothing behind when its input fails', async () => {
    const directory = await scratchDirectory();
    async function* failing(): AsyncGenerator<number> {
      yield* [3, 1, 2];
      throw new Error('cut off');
    }
    await expect(gathered(externalSort(failing(), { compare, keep: 2, directory }))).rejects.toThrow('cut off');
    expect(await readdir(directory)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesFrom, batchesOf, LineMerge, type Batch } from '../../../activities/earlier/line-batches.ts';

async function* streamed<Line>(batches: readonly Batch<Line>[]): AsyncGenerator<Batch<Line>> {
  yield* batches;
}

async function linesOf<Line>(batches: AsyncIterable<Batch<Line>> | Iterable<Batch<Line>>): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of batches) lines.push(...batch);
  return lines;
}

function* upTo(count: number): Generator<number> {
  for (let n = 0; n < count; n += 1) yield n;
  throw new Error('damaged');
}

async function* waitedFor(lines: Iterable<number>): AsyncGenerator<number> {
  yield* lines;
}

describe('lines in batches', () => {
  it('are the same lines in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_600 }), async (count) => {
        const lines = Array.from({ length: count }, (_, n) => n);
        expect(await linesOf(batchesOf(lines))).toEqual(lines);
        expect(await linesOf(batchesFrom(waitedFor(lines)))).toEqual(lines);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['at hand', (count: number) => batchesOf(upTo(count))],
    ['waited for', (count: number) => batchesFrom(waitedFor(upTo(count)))],
  ])('%s come up to where they break off', async (_how, broken) => {
    for (const count of [0, 1, 499, 500, 501]) {
      const seen: number[] = [];
      const reading = (async () => {
        for await (const batch of broken(count)) seen.push(...batch);
      })();
      await expect(reading).rejects.toThrow('damaged');
      expect(seen).toHaveLength(count);
    }
  });
});

describe('sorted streams of batches', () => {
  const anyStream = fc.array(fc.array(fc.nat(50), { maxLength: 4 }), { maxLength: 6 }).map((batches) => {
    const sorted = batches.flat().toSorted((a, b) => a - b);
    return batches.map((batch) => sorted.splice(0, batch.length));
  });

  const merging = (): LineMerge<number> => new LineMerge((a, b) => a - b);

  it('are merged into one, wherever their batches end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStream, { maxLength: 5 }), async (streams) => {
        const merge = merging();
        await merge.add(streams.map(streamed));
        expect(await linesOf(merge.batches())).toEqual(streams.flat(2).toSorted((a, b) => a - b));
        expect(merge.size).toBe(0);
      }),
    );
  });

  it('may come later: whatever is least among those that are there comes next', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStream, { maxLength: 5 }), fc.nat(10), async (streams, taken) => {
        const merge = merging();
        const left: number[] = [];
        for (const stream of streams) {
          await merge.add([streamed(stream)]);
          left.push(...stream.flat());
          left.sort((a, b) => a - b);
          for (let step = 0; step < taken; step += 1) {
            expect(merge.least).toBe(left.shift());
            await merge.step();
          }
        }
        expect(await linesOf(merge.batches())).toEqual(left);
      }),
    );
  });

  it('are closed when nobody wants the rest', async () => {
    let closed = 0;
    async function* endless(): AsyncGenerator<Batch<number>> {
      try {
        for (;;) yield [1];
      } finally {
        closed += 1;
      }
    }
    const merge = merging();
    await merge.add([endless(), endless()]);
    await merge.close();
    expect(closed).toBe(2);
  });
});

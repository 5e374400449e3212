import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEnumerate, type Enumerated } from '../../../activities/enumerate.ts';
import type { ListQuery, ObjectFacts } from '../../../ports/object-store.ts';
import { enumerateOn, frozenOf, images, manifestOf, quiet, REF, runOver, type RunStore } from '../run-fixture.ts';

const anyKeys = fc.uniqueArray(
  fc.integer({ min: 0, max: 60 }).map((n) => `t/${String(n).padStart(2, '0')}${n % 5 === 0 ? '.txt' : '.tif'}`),
  { maxLength: 30 },
);

/** One attempt that sees `sees` and writes to `results`, each page after some turns of the others. */
function attempt(
  results: RunStore,
  sees: RunStore,
  view: { turns: readonly number[]; size: number; sample?: number },
): Promise<Enumerated> {
  let page = 0;
  const turn = async (): Promise<void> => {
    const turns = view.turns[page] ?? 0;
    page += 1;
    for (let n = 0; n < turns; n += 1) await Promise.resolve();
  };
  const input = sees.input();
  async function* list(query: ListQuery): AsyncGenerator<readonly ObjectFacts[]> {
    for await (const facts of input.list(query)) {
      for (const one of facts) {
        await turn();
        yield [one];
      }
    }
  }
  const stores = { input: () => ({ ...input, list }), output: () => results };
  const run = runOver(view.sample === undefined ? {} : { sample: view.sample }, view.size);
  return createEnumerate({ stores, readRun: async () => run })({ ref: REF }, quiet());
}

describe('two attempts at once', () => {
  it('agree on one manifest, also where each sees tiles that the other does not', async () => {
    const turns = fc.array(fc.nat({ max: 40 }), { maxLength: 40 });
    const scenario = fc.record({
      some: anyKeys,
      others: anyKeys,
      one: turns,
      other: turns,
      size: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ some, others, one, other, size }) => {
        const results = images();
        const [before, after] = [images('t/01.tif', ...some), images('t/01.tif', ...others)];
        const both = await Promise.all([
          attempt(results, before, { turns: one, size }),
          attempt(results, after, { turns: other, size }),
        ]);
        expect(both[0]).toEqual(both[1]);
        const parts = manifestOf(results).filter(({ length }) => length > 0);
        expect(parts.map(({ length }) => length)).toEqual(frozenOf(results).ranges.map(({ lines }) => lines));
        expect(parts.flat()).toEqual([...new Set(parts.flat())].toSorted());
        const seenByBoth = before.keys('images').filter((key) => after.keys('images').includes(key) && key.endsWith('.tif'));
        expect(parts.flat()).toEqual(expect.arrayContaining(seenByBoth));
      }),
      { numRuns: 400 },
    );
  });

  it('agree on one sample that is not larger than was wanted', async () => {
    const turns = fc.array(fc.nat({ max: 40 }), { maxLength: 40 });
    const sizes = { sample: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 1, max: 5 }) };
    const scenario = fc.record({ some: anyKeys, others: anyKeys, one: turns, other: turns, ...sizes });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ some, others, one, other, ...view }) => {
        const results = images();
        const both = await Promise.all([
          attempt(results, images('t/01.tif', ...some), { turns: one, ...view }),
          attempt(results, images('t/01.tif', ...others), { turns: other, ...view }),
        ]);
        expect(both[0]).toEqual(both[1]);
        const keys = manifestOf(results).flat();
        expect(keys).toEqual([...new Set(keys)].toSorted());
        expect(keys).toHaveLength(both[0].inputs);
        expect(keys.length).toBeLessThanOrEqual(view.sample);
      }),
      { numRuns: 200 },
    );
  });

  it('lose no count where the other one stopped looking earlier', async () => {
    const s3 = images('t/1.tif', 't/2.txt');
    const held = s3.hooks.hold(({ verb, key }) => verb === 'put' && key.endsWith('listed/part-00000.json'));
    const late = enumerateOn(s3, runOver({}));
    const at = await held.reached;
    const whole = images('t/1.tif', 't/2.txt');
    whole.overwrite(
      { bucket: 'results', key: 'o/run=r1/manifest/part-00000.jsonl' },
      s3.text(`s3://results/o/run=r1/manifest/part-00000.jsonl`),
    );
    await enumerateOn(whole, runOver({}));
    const listed = JSON.parse(whole.text(`s3://results/${at.key}`)) as { ignored: object };
    s3.overwrite(at, JSON.stringify({ ...listed, end: false, ignored: { ...listed.ignored, sidecar: 0 } }));
    held.release();
    expect(await late).toMatchObject({ inputs: 1, ranges: 1, ignored: { sidecar: 1 } });
  });
});

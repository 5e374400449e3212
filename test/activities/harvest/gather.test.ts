import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../domain/units.ts';
import { captionOf, HarvestWorld, NOW, runOf, tileOf } from './harvest-world.ts';

const KEYS = ['', '/', 'a', 'b/c', 'ü', '\uFF5E', '🚢', 'z', '~'].map((name) => `tiles/${name}.tif`);
const anyKeys = fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1 });

describe('what closed runs have answered, gone through beside the tiles', () => {
  it('is found whatever the ranges and the order of runs, each tile once, from the latest run that has it', async () => {
    const anyRuns = fc.array(anyKeys, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(anyKeys, anyRuns, fc.integer({ min: 1, max: 4 }), async (keys, closed, rangeTiles) => {
        const world = new HarvestWorld();
        world.begin(
          runOf('new', { rangeTiles }),
          keys.map((key) => tileOf(key)),
        );
        for (const [at, answered] of closed.entries()) {
          const old = runOf(`old-${at}`, { startedAt: new Date(NOW - DAY_MS + at).toISOString() });
          const tiles = answered.map((key) => tileOf(key));
          world.begin(old, tiles);
          if (at % 3 === 0)
            world.log(
              old,
              [],
              tiles.map((tile) => captionOf(old, tile)),
            );
          else
            world.close(
              old,
              tiles.map((tile) => captionOf(old, tile)),
            );
        }
        await world.harvest('new');
        const latest = (key: string): number => closed.findLastIndex((answered) => answered.includes(key));
        const expected = keys.filter((key) => latest(key) >= 0).map((key) => [key, [`harvested_from_run=old-${latest(key)}`]]);
        const ranges = Math.ceil(keys.length / rangeTiles);
        const found = await Promise.all(Array.from({ length: ranges }, (_, range) => world.records('new', range)));
        expect(new Map(found.flat().map(({ key, warnings }) => [key, warnings]))).toEqual(
          new Map(expected as [string, string[]][]),
        );
        expect(found.flat()).toHaveLength(expected.length);
      }),
      { numRuns: 40 },
    );
  });
});

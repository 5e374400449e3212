import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packed, unpacked } from '../../domain/packed.ts';
import { acts, scene } from './budget-scenes.ts';
import { BudgetWorld } from './budget-world.ts';
import { START } from './lease-reports.ts';

const through = (value: unknown): unknown =>
  unpacked(JSON.parse(JSON.stringify(packed(value, START))) as ReturnType<typeof packed>);

describe('what is packed', () => {
  it('is the same when it is unpacked, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(through(plain)).toEqual(plain);
      }),
    );
  });

  it('is the same where a field is a moment in one object and null in another', () => {
    const value = [{ untilMs: START + 5 }, { untilMs: null }, { untilMs: 7 }, { '': 1e11 }, { '': 100000000833.13918 }, START];
    expect(through(value)).toEqual(value);
  });

  it('may be any budget', () => {
    fc.assert(
      fc.property(scene, acts, (of, script) => {
        const world = new BudgetWorld(of);
        for (const one of script) world.act(one);
        expect(through(world.budget)).toEqual(world.budget);
      }),
      { numRuns: 50 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RollCall } from '../../domain/roll-call.ts';

const TASKS = ['caption', 'ships'];
const tiles = fc.uniqueArray(fc.record({ bucket: fc.constantFrom('a', 'b'), key: fc.string({ unit: 'binary', maxLength: 3 }) }), {
  selector: ({ bucket, key }) => JSON.stringify([bucket, key]),
  maxLength: 12,
});

function calling(expected: readonly { bucket: string; key: string }[]): RollCall {
  const roll = new RollCall(TASKS);
  for (const tile of expected) roll.expect(tile);
  return roll;
}

describe('the roll call of a range', () => {
  test('admits every task once, and misses exactly those that did not come', () => {
    fc.assert(
      fc.property(tiles, fc.infiniteStream(fc.boolean()), (expected, comes) => {
        const roll = calling(expected);
        const tasks = expected.flatMap((tile) => TASKS.map((task_id) => ({ ...tile, task_id })));
        const present = tasks.filter(() => comes.next().value);
        expect(present.map((task) => roll.admit(task))).toEqual(present.map(() => true));
        expect(present.map((task) => roll.admit(task))).toEqual(present.map(() => false));
        const { missing, missingCount } = roll.absent(1_000);
        expect(missingCount).toBe(tasks.length - present.length);
        const absent = tasks
          .filter((task) => !present.includes(task))
          .map(({ bucket, key, task_id }) => `${bucket}/${key}#${task_id}`);
        expect(missing.toSorted()).toEqual(absent.toSorted());
      }),
    );
  });

  test('admits no record of a tile or a task that nobody asked for', () => {
    const roll = calling([{ bucket: 'a', key: 'x' }]);
    expect(roll.admit({ bucket: 'b', key: 'x', task_id: 'ships' })).toBe(false);
    expect(roll.admit({ bucket: 'a', key: 'y', task_id: 'ships' })).toBe(false);
    expect(roll.admit({ bucket: 'a', key: 'x', task_id: 'cars' })).toBe(false);
    expect(roll.absent(10).missingCount).toBe(2);
  });

  test('counts all that is missing and names as many as it is asked for', () => {
    expect(calling([{ bucket: 'a', key: 'x' }]).absent(1)).toEqual({ missing: ['a/x#caption'], missingCount: 2 });
  });

  test('owes a tile twice that a manifest names twice, so that the run is not called complete', () => {
    const roll = calling([
      { bucket: 'a', key: 'x' },
      { bucket: 'a', key: 'x' },
    ]);
    for (const task_id of TASKS) expect(roll.admit({ bucket: 'a', key: 'x', task_id })).toBe(true);
    expect(roll.absent(10).missingCount).toBe(2);
  });
});

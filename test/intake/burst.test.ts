import { expect, it } from 'vitest';
import { sum } from '../../domain/units.ts';
import { askedTwice } from './fake-runs.ts';
import { IntakeWorld, Killed } from './intake-world.ts';

const EVENTS = 100_000;
const REPEATED_EVERY = 20;
const SHUFFLE = 7_919;
/** How long the calls of an intake take, ms, one after the other: none in step with another intake's. */
const PACES = [
  [2, 0, 5],
  [1, 1, 0, 4, 9],
];

/** @returns a world whose queue holds every event, and one in twenty twice, all in disorder. */
function burst(): IntakeWorld {
  const world = new IntakeWorld();
  const bodies = Array.from({ length: EVENTS }, (_, n) => world.put(`tiles/${n}.tif`));
  const sent = [...bodies, ...bodies.filter((_, n) => n % REPEATED_EVERY === 0)];
  for (let n = 0; n < sent.length; n += 1) world.queue.send(sent[(n * SHUFFLE) % sent.length] ?? '');
  return world;
}

function paced(steps: readonly number[]): () => number {
  let call = 0;
  return () => steps[call++ % steps.length] ?? 0;
}

it('a burst of 100,000 events, one in twenty of them twice and all in disorder, loses and doubles no tile', async () => {
  const world = burst();
  const sent = world.queue.size;
  const { counts } = await world.run({ batch: 1_000 });
  const { merged, owned } = counts.dropped;
  expect(counts).toMatchObject({ messages: sent, removed: sent });
  expect(world.queue.size).toBe(0);
  expect(world.missed()).toEqual([]);
  expect(askedTwice(world.runs.asked)).toEqual([]);
  expect(counts.tiles + merged + owned).toBe(sent);
  expect(world.runs.peak).toBeLessThanOrEqual(4);
});

it('nor does it where three intakes take it in at once, one of them killed and started again', async () => {
  const world = burst();
  const sent = world.queue.size;
  const mortal = world.intake({ batch: 1_000 }, { kill: { call: 150, after: true } }).catch(async (error: unknown) => {
    if (!(error instanceof Killed)) throw error;
    return world.intake({ batch: 1_000 });
  });
  const others = PACES.map((steps) => world.intake({ batch: 1_000 }, { roll: paced(steps) }));
  const ends = await world.clock.run(Promise.all([mortal, ...others]));
  expect(world.queue.size).toBe(0);
  expect(world.missed()).toEqual([]);
  expect(askedTwice(world.runs.asked)).toEqual([]);
  expect(world.runs.asked).toHaveLength(EVENTS);
  expect(Math.min(...ends.map(({ counts }) => counts.tiles))).toBeGreaterThan(0);
  expect(sum(ends.map(({ counts }) => counts.removed))).toBeLessThanOrEqual(sent);
});

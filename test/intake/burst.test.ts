import { expect, it } from 'vitest';
import { askedTwice } from './fake-runs.ts';
import { IntakeWorld } from './intake-world.ts';

const EVENTS = 100_000;
const REPEATED_EVERY = 20;
const SHUFFLE = 7_919;

it(
  'a burst of 100,000 events, one in twenty of them twice and all in disorder, loses and doubles no tile',
  { timeout: 120_000 },
  async () => {
    const world = new IntakeWorld();
    const bodies = Array.from({ length: EVENTS }, (_, n) => world.put(`tiles/${n}.tif`));
    const sent = [...bodies, ...bodies.filter((_, n) => n % REPEATED_EVERY === 0)];
    for (let n = 0; n < sent.length; n += 1) world.queue.send(sent[(n * SHUFFLE) % sent.length] ?? '');
    const { counts } = await world.run({ batch: 1_000 });
    const { merged, owned } = counts.dropped;
    expect(counts).toMatchObject({ messages: sent.length, removed: sent.length });
    expect(world.queue.size).toBe(0);
    expect(world.missed()).toEqual([]);
    expect(askedTwice(world.runs.asked)).toEqual([]);
    expect(counts.tiles + merged + owned).toBe(sent.length);
    expect(world.runs.peak).toBeLessThanOrEqual(4);
  },
);

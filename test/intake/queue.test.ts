import { describe, expect, it } from 'vitest';
import { queueAway, queueFull } from '../support/memory-queue.ts';
import { IntakeWorld } from './intake-world.ts';

function worldWith(tiles: number): IntakeWorld {
  const world = new IntakeWorld();
  for (let n = 0; n < tiles; n += 1) world.queue.send(world.put(`tiles/${n}.tif`));
  return world;
}

/** An intake that has started its first run, after which nothing is received. */
async function refusedLater(error: () => Error) {
  const world = worldWith(4);
  world.runs.times = { freezeMs: 10_000, askMs: 60_000 };
  const stop = new AbortController();
  const ended = world.intake({ once: false, batch: 2, signal: stop.signal });
  await world.clock.until(() => world.runs.started.length > 0);
  let refuses = true;
  world.queue.before = (request) => {
    if (refuses && request === 'receive') throw error();
  };
  const mend = (): void => {
    refuses = false;
  };
  const end = (): ReturnType<typeof world.intake> => {
    stop.abort();
    return world.clock.run(ended);
  };
  return { world, mend, end };
}

describe('an intake without its queue', () => {
  it('waits for it to come back', async () => {
    const world = worldWith(3);
    let away = 20;
    world.queue.before = () => {
      away -= 1;
      if (away > 0) throw queueAway();
    };
    expect((await world.run()).counts).toMatchObject({ tiles: 3, removed: 3 });
    expect(world.told.filter((line) => line.includes('It is tried again.'))).toHaveLength(1);
  });

  it('ends when it is told to, though nothing can be given back', async () => {
    const world = worldWith(1);
    const stop = new AbortController();
    const ended = world.intake({ once: false, signal: stop.signal });
    await world.clock.advance(1_000);
    world.queue.before = () => {
      throw queueAway();
    };
    stop.abort();
    expect((await world.clock.run(ended)).counts).toMatchObject({ messages: 1, tiles: 0, removed: 0 });
  });

  it('gives up after ten minutes', async () => {
    const world = new IntakeWorld();
    world.queue.before = () => {
      throw queueAway();
    };
    await expect(world.run()).rejects.toMatchObject({ problem: 'unreachable' });
    expect(world.clock.monotonicMs()).toBeGreaterThanOrEqual(600_000);
  });

  it('goes on with the runs that it has, and starts those that are due', async () => {
    const { world, end } = await refusedLater(queueAway);
    await world.clock.advance(120_000);
    expect(world.queue.size).toBe(0);
    expect(world.missed()).toEqual([]);
    expect((await end()).counts).toMatchObject({ messages: 4, tiles: 4, removed: 4 });
    expect(world.told.filter((line) => line.endsWith(': ended'))).toHaveLength(2);
  });
});

describe('an intake whose queue has as many messages in flight as it may', () => {
  it('goes on with the runs that it has, which is what makes room, and says so once', async () => {
    const { world, mend, end } = await refusedLater(queueFull);
    await world.clock.advance(120_000);
    expect(world.queue.size).toBe(0);
    const told = 'The queue is full. Open runs are looked after meanwhile, and it is tried again.';
    expect(world.told.filter((line) => line.includes('full'))).toEqual([told]);
    mend();
    world.queue.send(world.put('tiles/later.tif'));
    await world.clock.advance(120_000);
    expect(world.missed()).toEqual([]);
    expect((await end()).counts).toMatchObject({ messages: 5, removed: 5 });
  });

  it('waits for room for as long as it takes, and with --once does not take it for empty', async () => {
    const world = worldWith(3);
    let refusals = 1_000;
    world.queue.before = (request) => {
      if (request === 'receive' && (refusals -= 1) >= 0) throw queueFull();
    };
    expect((await world.run()).counts).toMatchObject({ tiles: 3, removed: 3 });
    expect(world.clock.monotonicMs()).toBeGreaterThan(1_000_000);
  });
});

import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import { queueAway } from '../support/memory-queue.ts';
import { IntakeWorld } from './intake-world.ts';

const AT_ONCE = { most: 10, waitMs: 0, visibilityMs: 1_000 };

function worldWith(tiles: number): IntakeWorld {
  const world = new IntakeWorld();
  for (let n = 0; n < tiles; n += 1) world.queue.send(world.put(`tiles/${n}.tif`));
  return world;
}

describe('an intake whose run cannot begin', () => {
  it('ends with what is wrong, its messages on the queue', async () => {
    const world = worldWith(3);
    world.runs.look = () => Promise.reject(new Failure('Denied', 'S3 refused the output.'));
    await expect(world.run()).rejects.toMatchObject({ kind: 'Denied', message: 'S3 refused the output.' });
    expect(await world.queue.receive(AT_ONCE)).toHaveLength(3);
  });

  it('ends too where the run was cancelled before it had its tiles', async () => {
    const world = worldWith(3);
    world.runs.look = async () => 'ended';
    await expect(world.run()).rejects.toThrow(/^Run harbours-intake-[0-9a-f]{16} ended before its tiles were frozen/u);
    expect(await world.queue.receive(AT_ONCE)).toHaveLength(3);
  });

  it('says why though nothing can be given back', async () => {
    const world = worldWith(3);
    world.runs.look = () => Promise.reject(new Failure('Denied', 'S3 refused the output.'));
    world.queue.before = (request) => {
      if (request === 'extend') throw queueAway();
    };
    await expect(world.run()).rejects.toMatchObject({ kind: 'Denied' });
  });

  it('ends so too while it stops', async () => {
    const world = worldWith(4);
    world.runs.times = { freezeMs: 60_000, askMs: 1_000 };
    const stop = new AbortController();
    const ended = world.intake({ once: false, batch: 4, signal: stop.signal });
    await world.clock.until(() => world.runs.started.length === 1);
    world.runs.look = () => Promise.reject(new Failure('Denied', 'S3 refused the output.'));
    stop.abort();
    await expect(world.clock.run(ended)).rejects.toMatchObject({ kind: 'Denied' });
    expect(await world.queue.receive(AT_ONCE)).toHaveLength(4);
  });
});

it('a message that comes after an intake was told to stop is given back at once', async () => {
  const world = new IntakeWorld();
  const stop = new AbortController();
  const ended = world.intake({ once: false, signal: stop.signal });
  await world.clock.advance(1_000);
  stop.abort();
  world.queue.send(world.put('tiles/late.tif'));
  expect((await world.clock.run(ended)).counts).toMatchObject({ messages: 1, tiles: 0, removed: 0 });
  expect(await world.queue.receive(AT_ONCE)).toHaveLength(1);
});

import { describe, expect, it } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import { EventQueueError } from '../../ports/event-queue.ts';
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
    world.runs.look = async () => new Failure('Denied', 'S3 refused the output.');
    const message = expect.stringMatching(/^Run harbours-intake-[0-9a-f]{16}: S3 refused the output\.$/u);
    await expect(world.run()).rejects.toMatchObject({ kind: 'Denied', message });
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
    world.runs.look = async () => new Failure('Denied', 'S3 refused the output.');
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
    world.runs.look = async () => new Failure('Denied', 'S3 refused the output.');
    stop.abort();
    await expect(world.clock.run(ended)).rejects.toMatchObject({ kind: 'Denied' });
    expect(await world.queue.receive(AT_ONCE)).toHaveLength(4);
  });
});

describe('a run that Temporal ends in the middle of its work', () => {
  /** An intake that has given its message away, and its run, which has its tile. */
  async function owed(): Promise<{ world: IntakeWorld; runId: string; again: string }> {
    const world = new IntakeWorld();
    world.queue.send(world.put('tiles/a.tif', { etag: 'e' }));
    await world.run();
    const [runId = ''] = world.runs.started;
    return { world, runId, again: world.put('tiles/a.tif', { etag: 'e' }) };
  }

  it('owns nothing any more: a later event of the same picture gets a run of its own', async () => {
    const { world, runId, again } = await owed();
    world.runs.terminate(runId);
    world.queue.send(again);
    const { counts } = await world.run();
    expect(counts).toMatchObject({ tiles: 1, runs: 1, removed: 1 });
    expect(world.missed()).toEqual([]);
  });

  it('is started again where Temporal has never heard of it', async () => {
    const { world, runId, again } = await owed();
    world.runs.forget(runId);
    world.queue.send(again);
    await world.run();
    expect(world.runs.started.filter((id) => id === runId)).toHaveLength(2);
    await world.clock.advance(10_000);
    expect(world.missed()).toEqual([]);
  });

  it('is told, and does not end the intake that started it', async () => {
    const world = worldWith(2);
    const stop = new AbortController();
    const ended = world.intake({ once: false, batch: 2, everyMs: 1_000, signal: stop.signal });
    await world.clock.until(() => world.told.some((line) => line.includes('done with')));
    const [runId = ''] = world.runs.started;
    world.runs.terminate(runId);
    await world.clock.until(() => world.told.some((line) => line.includes('was terminated')));
    expect(world.told.at(-1)).toBe(
      `Run ${runId} was terminated in Temporal. What it has not asked comes with no event: \`tilescribe run\` with this spec asks it.`,
    );
    world.queue.send(world.put('tiles/later.tif'));
    await world.clock.until(() => world.runs.started.length === 2);
    stop.abort();
    expect(await world.clock.run(ended)).toMatchObject({ counts: { runs: 2 } });
  });
});

describe('messages that cannot be kept from others', () => {
  it('end the intake with what refuses that', async () => {
    const world = worldWith(2);
    world.runs.times = { freezeMs: 600_000, askMs: 1_000 };
    const denied = new EventQueueError('denied', 'Allow sqs:ChangeMessageVisibility to these credentials.');
    world.queue.before = (request) => {
      if (request === 'extend') throw denied;
    };
    await expect(world.run()).rejects.toBe(denied);
    expect(world.queue.size).toBe(2);
  });
});

describe('a message that cannot be set aside, as the dead-letter queue is gone', () => {
  it('ends the intake, and is given back at once with all beside it', async () => {
    const world = worldWith(2);
    world.queue.send('not JSON');
    world.queue.send('not JSON either');
    const gone = new EventQueueError('missing', 'There is no queue tiles-dead.');
    world.queue.before = (request) => {
      if (request === 'setAside') throw gone;
    };
    await expect(world.run()).rejects.toBe(gone);
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

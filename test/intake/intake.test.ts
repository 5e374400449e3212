import { describe, expect, it } from 'vitest';
import { EventQueueError } from '../../ports/event-queue.ts';
import { queueAway } from '../support/memory-queue.ts';
import { askedTwice } from './fake-runs.ts';
import { IntakeWorld } from './intake-world.ts';

const TAGGED = { eventSource: 'aws:s3', eventName: 'ObjectTagging:Put', s3: {} };
const AT_ONCE = { most: 10, waitMs: 0, visibilityMs: 1_000 };
const keys = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => `tiles/${from + n}.tif`);

function worldWith(messages: (world: IntakeWorld) => readonly string[]): IntakeWorld {
  const world = new IntakeWorld();
  for (const message of messages(world)) world.queue.send(message);
  return world;
}

describe('an intake', () => {
  it('makes runs of what comes, each tile in one, and empties the queue', async () => {
    const world = worldWith((one) => keys(250).map((key) => one.put(key)));
    const { counts } = await world.run();
    expect(counts).toMatchObject({ messages: 250, events: 250, tiles: 250, runs: 3, removed: 250 });
    expect(world.queue.size).toBe(0);
    expect(world.missed()).toEqual([]);
    expect(askedTwice(world.runs.asked)).toEqual([]);
  });

  it('drops what is no tile of the spec, says why, and starts nothing for it', async () => {
    const world = worldWith((one) => [
      one.put('other/1.tif'),
      one.put('tiles/1.tif', { bucket: 'elsewhere' }),
      one.put('tiles/draft-1.tif'),
      one.put('tiles/1.tfw'),
      one.put('tiles/folder/', { size: 0 }),
      one.put('tiles/empty.tif', { size: 0 }),
      one.remove('tiles/gone.tif'),
      '{"Service":"Amazon S3","Event":"s3:TestEvent"}',
      JSON.stringify({ Records: [TAGGED] }),
      JSON.stringify({ Records: [TAGGED, ...(JSON.parse(one.put('other/2.tif')) as { Records: unknown[] }).Records, TAGGED] }),
    ]);
    const { counts } = await world.run();
    const dropped = {
      outside: 3,
      excluded: 1,
      sidecar: 1,
      folder: 1,
      zero_bytes: 1,
      deleted: 1,
      test: 1,
      other: 3,
      merged: 0,
      owned: 0,
    };
    expect(counts).toMatchObject({ messages: 10, tiles: 0, runs: 0, removed: 10, dropped });
    expect(world.queue.size).toBe(0);
  });

  it('asks once about an object of which many events tell, in whatever order they come', async () => {
    const world = worldWith((one) => {
      const [first, gone, last] = [one.put('tiles/a.tif'), one.remove('tiles/a.tif'), one.put('tiles/a.tif')];
      return [last, first, gone, last, first];
    });
    const { counts } = await world.run();
    expect(counts).toMatchObject({ events: 5, tiles: 1, removed: 5, dropped: { merged: 4 } });
    expect(world.runs.asked).toHaveLength(1);
  });

  it('asks nothing about an object whose deletion came before its creation', async () => {
    const world = worldWith((one) => [one.put('tiles/a.tif'), one.remove('tiles/a.tif')].toReversed());
    expect((await world.run()).counts).toMatchObject({ tiles: 0, dropped: { merged: 1, deleted: 1 } });
  });

  it('asks about an object though an older version of it was deleted for good', async () => {
    const removed = (one: IntakeWorld): string => one.remove('tiles/a.tif', { versionId: 'v1' });
    for (const disorder of [false, true]) {
      const world = worldWith((one) => {
        const [put, gone] = [one.put('tiles/a.tif'), removed(one)];
        return disorder ? [gone, put] : [put, gone];
      });
      expect((await world.run()).counts).toMatchObject({ tiles: 1, removed: 2, dropped: { deleted: 1, merged: 0 } });
      expect(world.missed()).toEqual([]);
    }
  });

  it('asks nothing again about an object that an open run has', async () => {
    const world = worldWith((one) => [one.put('tiles/a.tif', { etag: 'a' })]);
    const [again] = world.queue.bodies();
    await world.run();
    world.queue.send(again ?? '');
    const { counts } = await world.run();
    expect(counts).toMatchObject({ tiles: 0, runs: 0, removed: 1, dropped: { owned: 1 } });
  });

  it('makes a run of its own of an object that changed after an open run froze it', async () => {
    const world = worldWith((one) => [one.put('tiles/a.tif')]);
    await world.run();
    world.queue.send(world.put('tiles/a.tif'));
    expect((await world.run()).counts).toMatchObject({ tiles: 1, runs: 1 });
    expect(world.runs.asked.map(({ name }) => name)).toEqual(['tiles/a.tif@e1', 'tiles/a.tif@e2']);
  });

  it('finds a run finished that has the same events, and asks nothing again', async () => {
    const world = worldWith((one) => keys(10).map((key) => one.put(key)));
    const bodies = world.queue.bodies();
    await world.run();
    await world.clock.advance(600_000);
    for (const body of bodies.toReversed()) world.queue.send(body);
    expect((await world.run()).counts).toMatchObject({ tiles: 10, runs: 1, removed: 10 });
    expect(world.runs.started).toHaveLength(1);
    expect(world.runs.asked).toHaveLength(10);
  });

  it('removes a message only once all the objects that it tells of are in frozen manifests', async () => {
    const world = new IntakeWorld();
    world.runs.times = { freezeMs: 30_000, askMs: 1_000 };
    const records = keys(3).flatMap((key) => (JSON.parse(world.put(key)) as { Records: unknown[] }).Records);
    world.queue.send(JSON.stringify({ Records: records }));
    const ended = world.intake({ batch: 2 });
    await world.clock.until(() => world.runs.started.length === 2);
    expect(world.queue.size).toBe(1);
    await world.clock.run(ended);
    expect(world.queue.size).toBe(0);
    const done = world.told.flatMap((line) => /\d+ messages? done with/u.exec(line) ?? []);
    expect(done).toEqual(['0 messages done with', '1 message done with']);
  });

  it('keeps its messages from others for as long as a run takes to freeze its tiles', async () => {
    const world = worldWith((one) => keys(5).map((key) => one.put(key)));
    world.runs.times = { freezeMs: 900_000, askMs: 1_000 };
    const ended = world.intake();
    await world.clock.until(() => world.runs.started.length === 1);
    await world.clock.advance(800_000);
    const other = world.queue.receive(AT_ONCE);
    expect(await other).toEqual([]);
    expect(world.told.filter((line) => line.includes('not frozen after 60 s, and its messages are kept'))).toHaveLength(1);
    await world.clock.run(ended);
    expect(world.queue.size).toBe(0);
  });

  it('has no more runs open than it may, and receives nothing meanwhile', async () => {
    const world = worldWith((one) => keys(50).map((key) => one.put(key)));
    await world.run({ batch: 10, runs: 2 });
    expect(world.runs.peak).toBe(2);
    expect(world.told).toContain('2 runs open, the most at once: nothing is received until one has ended');
    expect(world.missed()).toEqual([]);
  });

  it('starts a run once a tile has waited long enough, and never before', async () => {
    const world = worldWith((one) => [one.put('tiles/a.tif')]);
    const stop = new AbortController();
    const ended = world.intake({ once: false, signal: stop.signal });
    await world.clock.advance(55_000);
    expect(world.runs.started).toHaveLength(0);
    await world.clock.advance(10_000);
    expect(world.runs.started).toHaveLength(1);
    stop.abort();
    await world.clock.run(ended);
  });

  it('gives back what no run has when it is told to stop, and lets started runs have theirs', async () => {
    const world = worldWith((one) => keys(4).map((key) => one.put(key)));
    world.runs.times = { freezeMs: 10_000, askMs: 100_000 };
    const stop = new AbortController();
    const ended = world.intake({ once: false, batch: 4, signal: stop.signal });
    await world.clock.until(() => world.runs.started.length === 1);
    world.queue.send(world.put('tiles/late.tif'));
    await world.clock.advance(2_000);
    stop.abort();
    const { counts, open } = await world.clock.run(ended);
    expect(counts).toMatchObject({ messages: 5, tiles: 4, removed: 4 });
    expect(open).toEqual(world.runs.started);
    const [left, ...others] = await world.queue.receive(AT_ONCE);
    expect([left?.body, others]).toEqual([expect.stringContaining('tiles/late.tif'), []]);
  });
});

describe('a message that cannot be read', () => {
  const POISON = ['not JSON', '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}]}'];

  it('goes to the dead-letter queue with a reason, and off this one', async () => {
    const world = worldWith((one) => [...POISON, one.put('tiles/a.tif')]);
    const { counts } = await world.run();
    expect(counts).toMatchObject({ tiles: 1, removed: 3, unreadable: { set_aside: 2, left: 0 } });
    expect(world.queue.deadLetters.map(({ reason }) => reason)).toEqual([
      'not JSON; expected an event of S3, straight, through SNS or from EventBridge',
      's3.bucket.name is missing; expected the name of a bucket',
    ]);
  });

  it('is left where it is without one, for the queue to redrive', async () => {
    const world = worldWith((one) => [...POISON, one.put('tiles/a.tif')]);
    const { counts } = await world.run({ deadLetters: false });
    expect(counts).toMatchObject({ tiles: 1, removed: 1, unreadable: { set_aside: 0, left: 2 } });
    expect(world.queue.size).toBe(2);
    await world.clock.advance(120_000);
    expect(await world.queue.receive(AT_ONCE)).toHaveLength(2);
  });

  it('is left to the queue too where it is too long for the dead-letter queue, and the others are taken in', async () => {
    const world = worldWith((one) => [...POISON, one.put('tiles/a.tif')]);
    let tooLong = true;
    world.queue.before = (request) => {
      if (request !== 'setAside' || !tooLong) return;
      tooLong = false;
      throw new EventQueueError('too_long', 'The message is too long.');
    };
    const { counts } = await world.run();
    expect(counts).toMatchObject({ tiles: 1, removed: 2, unreadable: { set_aside: 1, left: 1 } });
    expect(world.queue.bodies()).toEqual(['not JSON']);
    const told = /^message \S+ cannot be read, and is left to the redrive policy of the queue, as it is too long for the/u;
    expect(world.told.filter((line) => told.test(line))).toHaveLength(1);
  });

  it('comes again with those beside it where the dead-letter queue is away', async () => {
    const world = worldWith(() => [...POISON, 'not JSON either']);
    let away = 2;
    world.queue.before = (request) => {
      if (request === 'setAside' && (away -= 1) >= 0) throw queueAway();
    };
    const stop = new AbortController();
    const ended = world.intake({ once: false, signal: stop.signal });
    await world.clock.advance(600_000);
    expect(world.queue.size).toBe(0);
    expect(world.queue.deadLetters).toHaveLength(3);
    stop.abort();
    await world.clock.run(ended);
  });
});

import { describe, expect, it } from 'vitest';
import { idleReport } from '../../support/lease-report.ts';
import { expectKept, intentsOf, logOf, recorded, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';
import { plainRenderer } from '../../support/plain-renderer.ts';
import { PreparedTiles } from '../../../activities/advance/prepared-tiles.ts';
import { ACCEPTED_UNHEARD } from '../../support/job-service.ts';

describe('a strand that nothing happens to', () => {
  it('asks every tile every task once and records each answer once', async () => {
    const world = new StrandWorld({ tiles: 25, tasks: ['say', 'count'], jobs: 4 });
    const result = await world.turns();
    expectKept(world);
    expect(result).toMatchObject({ done: true, halt: null, inFlight: 0, passed: 1, tallies: { ok: 50, failed: 0, skipped: 0 } });
    expect([...world.service.jobsByTask.values()]).toEqual(Array.from({ length: 50 }, () => 1));
    expect(recordsOf(world).every(({ text, key, task_id }) => text === `Seen: ${key}#${task_id}`)).toBe(true);
  });

  it('ends its slice by time and goes on from the log in the next turn, nothing asked twice', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 2, sliceSeconds: 10 });
    const first = await world.slice();
    expect(first).toMatchObject({ done: false, waitMs: 0, halt: null });
    expect(first.tallies.ok).toBeGreaterThan(0);
    expect(first.tallies.ok).toBeLessThan(10);
    expect(recorded(world)).toHaveLength(first.tallies.ok);
    const last = await world.turns();
    expect(last).toMatchObject({ done: true, tallies: { ok: 40 } });
    expectKept(world);
    expect(world.service.journal).toHaveLength(40);
    expect(logOf(world).filter(({ head }) => head.kind === 'slice').length).toBeGreaterThan(4);
  });

  it('ends its slice in time although a poll is always under way', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 20, http: 20, sliceSeconds: 15 });
    world.service.jobMs = 200_000;
    world.service.requestMs = 900;
    const began = world.clock.now();
    expect(await world.slice()).toMatchObject({ inFlight: 20 });
    expect(world.clock.now() - began).toBeLessThan(20_000);
  });

  it('passes its ranges one after the other', async () => {
    const world = new StrandWorld({ tiles: 7, jobs: 2, rangeTiles: 3, sliceSeconds: 5 });
    const passed: number[] = [];
    for (let done = false; !done;) {
      const result = await world.slice();
      passed.push(result.passed);
      done = result.done;
    }
    expect(passed).toEqual(passed.toSorted((a, b) => a - b));
    expect(passed.at(-1)).toBe(3);
    expectKept(world);
  });

  it('keeps its places full while there are tiles', async () => {
    const world = new StrandWorld({ tiles: 200, jobs: 8, http: 16 });
    const began = world.clock.now();
    await world.turns();
    const idealMs = (200 * world.service.jobMs) / 8;
    expect(world.clock.now() - began).toBeLessThan(idealMs * 1.6);
    expectKept(world);
  });

  it('rests in a durable timer, its lease renewed for what is in flight, while nothing is due', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 2 });
    world.service.jobMs = 1_000_000;
    let result = await world.slice();
    for (let turns = 0; result.waitMs === 0 && turns < 20; turns += 1) result = await world.slice();
    expect(result.waitMs).toBeGreaterThan(5_000);
    expect(world.desk.charged('seer')).toBe(2);
    await world.clock.advance(result.waitMs);
    expect(Object.keys(world.desk.budget.holders)).toHaveLength(1);
    expect(world.desk.charged('seer')).toBe(2);
  });

  it('does not spin while a place that is free waits for others', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 8, http: 8 });
    world.service.fates.push({ jobMs: 3_000 });
    world.service.jobMs = 100_000;
    let hasty = 0;
    const sleep = world.clock.sleep.bind(world.clock);
    world.clock.sleep = (ms, signal) => {
      if (ms <= 10) hasty += 1;
      return sleep(ms, signal);
    };
    const attempt = world.begin();
    await world.clock.until(() => world.service.arrivals.length === 9);
    expect(hasty).toBeLessThan(20);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });

  it('gives all its places back when it is done', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    await world.turns();
    expect(world.desk.charged('seer')).toBe(0);
    expect(world.desk.reports.at(-1)).toMatchObject({ release: true, inFlight: 0, ambiguous: [] });
  });

  it('holds up no other tile for one that takes long to prepare', async () => {
    const world = new StrandWorld({ tiles: 12, jobs: 2 });
    const [heavy = ''] = world.keys;
    const plain = plainRenderer();
    world.tiles = new PreparedTiles({
      render: async (source, image) => {
        if (source.key === heavy) await world.clock.sleep(200_000);
        return plain.render(source, image);
      },
      close: async () => {},
    });
    await world.turns();
    expect(intentsOf(world).at(-1)?.tile.key).toBe(heavy);
    expect(intentsOf(world).filter(({ beganAtMs }) => beganAtMs < world.clock.now() - 15_000)).toHaveLength(11);
    expectKept(world);
  });

  it('is done at once where there is no tile', async () => {
    const world = new StrandWorld({ tiles: 0 });
    expect(await world.turns()).toMatchObject({ done: true, passed: 0, tallies: { ok: 0 } });
  });

  it('waits for the budget without a slot, and is kept in its turn', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    const { configured } = world;
    const wants = { inFlight: 2, want: { jobs: 2, http: 8 }, ttlMs: 90_000 };
    const other = idleReport({ holder: 'other', service: 'seer', run: 'x', configured, ...wants });
    world.desk.settle(other);
    const result = await world.slice();
    expect(result).toMatchObject({ waiting: true, held: 0, done: false });
    expect(result.waitMs).toBeGreaterThan(5_000);
    expect(world.desk.reports).toHaveLength(1);
    world.desk.settle({ ...other, release: true, inFlight: 0, seq: 2 });
    await world.clock.advance(result.waitMs);
    await world.turns();
    expectKept(world);
  });
});

describe('the strict form: one pass, then a durable timer', () => {
  it('asks and records everything, in slices that never wait for a job', async () => {
    const world = new StrandWorld({ tiles: 6, tasks: ['say', 'count'], jobs: 4, sliceSeconds: 0 });
    world.service.jobMs = 20_000;
    const waits: number[] = [];
    let result = await world.slice();
    while (!result.done) {
      waits.push(result.waitMs);
      await world.clock.advance(result.waitMs);
      const began = world.clock.now();
      result = await world.slice();
      expect(world.clock.now() - began).toBeLessThan(2_000);
      expect(waits.length).toBeLessThan(300);
    }
    expect(Math.max(...waits)).toBeGreaterThan(100);
    expectKept(world);
    expect(world.service.journal).toHaveLength(12);
  });

  it('fills the last places at once: a strand with fewer tiles than places does not wait for more', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 16, sliceSeconds: 0 });
    await world.slice();
    expect(world.service.journal).toHaveLength(2);
  });

  it('fills a single place as soon as it is free', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 4, sliceSeconds: 0 });
    world.service.fates.push({ jobMs: 3_000 });
    world.service.jobMs = 100_000;
    const began = world.clock.now();
    while (world.clock.now() - began < 10_000) {
      const { waitMs } = await world.slice();
      await world.clock.advance(waitMs);
    }
    expect(world.service.arrivals).toHaveLength(5);
  });

  it('gets past submits in doubt', async () => {
    const world = new StrandWorld({ tiles: 4, jobs: 3, sliceSeconds: 0, orphanMs: 120_000 });
    world.service.fates.push(ACCEPTED_UNHEARD);
    await world.turns();
    expectKept(world);
  });
});

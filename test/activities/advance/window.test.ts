import { describe, expect, it } from 'vitest';
import { ordered } from '../../../domain/budget.ts';
import { recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const SCALEDOWN_MS = 300_000 * 1.1;

/** A strand with more to ask than fits before its window ends. */
function longNight(jobMs: number): { world: StrandWorld; windowEndsMs: number } {
  const world = new StrandWorld({ tiles: 2_000, jobs: 4, http: 8 });
  world.service.jobMs = jobMs;
  return { world, windowEndsMs: world.clock.now() + 900_000 };
}

describe('a strand whose window ends', () => {
  it('submits nothing that would not be over by then, collects what is in flight, and says that something is left', async () => {
    const { world, windowEndsMs } = longNight(20_000);
    const result = await world.turns({ windowEndsMs });
    expect(result).toMatchObject({ done: true, cut: true, inFlight: 0, halt: null });
    const submits = world.service.journal.map(({ beganMs }) => beganMs);
    expect(Math.max(...submits) + 20_000).toBeLessThanOrEqual(windowEndsMs - SCALEDOWN_MS + 5_000);
    expect(world.clock.now()).toBeLessThanOrEqual(windowEndsMs - SCALEDOWN_MS + 30_000);
    expect(recordsOf(world)).toHaveLength(submits.length);
    expect(result.tallies.ok).toBe(submits.length);
    expect(submits.length).toBeGreaterThan(50);
  });

  it('uses what it has: the slower its jobs, the earlier it stops', async () => {
    const lastSubmit = async (jobMs: number): Promise<number> => {
      const { world, windowEndsMs } = longNight(jobMs);
      await world.turns({ windowEndsMs });
      return windowEndsMs - Math.max(...world.service.journal.map(({ beganMs }) => beganMs));
    };
    expect(await lastSubmit(60_000)).toBeGreaterThan((await lastSubmit(2_000)) + 30_000);
  });

  it('goes by what was set by hand: a container that goes sooner lets it submit for longer', async () => {
    const { world, windowEndsMs } = longNight(20_000);
    world.desk.budget = ordered(world.desk.budget, { service: 'seer', figures: { scaledownSeconds: 10 } }, world.clock.now());
    await world.turns({ windowEndsMs });
    const last = Math.max(...world.service.journal.map(({ beganMs }) => beganMs));
    expect(last).toBeLessThanOrEqual(windowEndsMs - 20_000 - 11_000 + 5_000);
    expect(last).toBeGreaterThan(windowEndsMs - 90_000);
  });

  it('submits nothing at all where it is over already', async () => {
    const { world } = longNight(1_000);
    const result = await world.turns({ windowEndsMs: world.clock.now() - 1 });
    expect(result).toMatchObject({ done: true, cut: true });
    expect(world.service.journal).toEqual([]);
  });

  it('is not cut where everything was done before', async () => {
    const world = new StrandWorld({ tiles: 5, jobs: 2 });
    const result = await world.turns({ windowEndsMs: world.clock.now() + 3_600_000 });
    expect(result).toMatchObject({ done: true, tallies: { ok: 5 } });
    expect(result.cut).toBeUndefined();
  });
});

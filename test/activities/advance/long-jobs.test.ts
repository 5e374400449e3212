import { describe, expect, it } from 'vitest';
import { StrandWorld } from './strand-world.ts';

const TILES = 240;

describe('jobs that take longer than the first slices', () => {
  it.each([
    [20_000, 4],
    [60_000, 7],
  ])('of %d ms: how long they take is learned from slice to slice, so that polls are few', async (jobMs, most) => {
    const world = new StrandWorld({ tiles: TILES, jobs: 8, http: 8, orphanMs: 3_600_000 });
    world.service.jobMs = jobMs;
    expect(await world.turns()).toMatchObject({ done: true, tallies: { ok: TILES } });
    expect(world.desk.reports.at(-2)?.jobMs).toBeGreaterThan(0.85 * jobMs);
    expect(world.service.asked.length / TILES).toBeLessThan(most);
  });
});

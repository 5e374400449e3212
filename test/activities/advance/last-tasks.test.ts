import { describe, expect, it } from 'vitest';
import { StrandWorld } from './strand-world.ts';

/** @returns ms from the moment the strand heard of its first answer until submit number `n` left, counted from 0. */
async function afterFirstAnswer(world: StrandWorld, n: number): Promise<number> {
  let heardAtMs = Number.POSITIVE_INFINITY;
  world.service.answers = ({ endsMs }) => {
    if (endsMs <= world.clock.now()) heardAtMs = Math.min(heardAtMs, world.clock.now());
    return null;
  };
  await world.turns();
  return (world.service.arrivals[n]?.atMs ?? Number.NaN) - heardAtMs;
}

/** One of eight jobs ends long before the others. */
function oneShortJob(tiles: number): StrandWorld {
  const world = new StrandWorld({ tiles, jobs: 8, http: 8 });
  world.service.fates.push({ jobMs: 3_000 });
  world.service.jobMs = 20_000;
  return world;
}

describe('a place that becomes free', () => {
  it('is filled at once by the last task, which nothing else will ever go out with', async () => {
    expect(await afterFirstAnswer(oneShortJob(9), 8)).toBeLessThan(500);
  });

  it('waits up to 2 s for others while there is more to ask', async () => {
    const waitedMs = await afterFirstAnswer(oneShortJob(40), 8);
    expect(waitedMs).toBeGreaterThan(1_500);
    expect(waitedMs).toBeLessThan(3_000);
  });
});

import { expect, it } from 'vitest';
import { reply } from '../../support/fake-service.ts';
import { expectKept } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const TOGETHER = 8;
const SECOND_MS = 1_000;

it('submits that fail together are one failure: the next one soon follows, and only then it takes longer each time', async () => {
  const world = new StrandWorld({ tiles: 3 * TOGETHER, jobs: TOGETHER, http: TOGETHER });
  world.service.fates.push(...Array.from({ length: TOGETHER + 3 }, () => ({ says: reply('unavailable') })));
  await world.turns();
  expectKept(world);
  const times = [...new Set(world.service.arrivals.map(({ atMs }) => atMs))];
  expect(world.service.arrivals.filter(({ atMs }) => atMs === times[0]).length).toBeGreaterThanOrEqual(TOGETHER / 2);
  const [first = 0, , , fourth = 0] = times.slice(1).map((atMs, before) => atMs - (times[before] ?? 0));
  expect(first).toBeLessThan(6 * SECOND_MS);
  expect(fourth).toBeGreaterThan(6 * SECOND_MS);
});

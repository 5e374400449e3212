import { describe, expect, it } from 'vitest';
import { reply } from '../../support/fake-service.ts';
import { expectKept, logOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const BUSY = reply('busy', { retryAfterMs: 2 * SECOND_MS });
const CUT_OFF = reply('ambiguous', { overload: true });

/** @returns limits that the budget was told, each once, in order. */
function limitsTold(world: StrandWorld): (number | null)[] {
  return world.desk.reports.map(({ limit }) => limit).filter((limit, at, all) => at === 0 || limit !== all[at - 1]);
}

/** @returns the limit that the last slice left to whoever goes on. */
function limitLeft(world: StrandWorld): number | null | undefined {
  const last = logOf(world).findLast(({ head }) => head.kind === 'slice')?.head;
  return last?.kind === 'slice' ? (last.state.limit?.jobs ?? null) : undefined;
}

/** A service that answers 429 to whoever would have it run more than `most` jobs. */
function narrow(world: StrandWorld, most: number): void {
  world.service.otherwise = () => (world.service.runningAt(world.clock.now()) >= most ? { says: BUSY } : {});
}

describe('a service that asks for less', () => {
  it('is given half at once, for as many refusals as left together', async () => {
    const world = new StrandWorld({ tiles: 200, jobs: 16, http: 16, sliceSeconds: 10 });
    world.service.jobMs = 20 * SECOND_MS;
    world.service.fates.push(...Array.from({ length: 16 }, (_, at) => (at < 12 ? { says: BUSY } : {})));
    await world.slice();
    expect(limitLeft(world)).toBe(8);
    expect(world.service.peak).toBeLessThanOrEqual(10);
  });

  it('gets all of it back as it takes what it is sent, and never more than the ceiling', async () => {
    const world = new StrandWorld({ tiles: 400, jobs: 8, http: 16, sliceSeconds: 5 });
    world.service.fates.push({ says: BUSY });
    await world.turns();
    const told = limitsTold(world);
    expect(told[1]).toBeLessThan(8);
    expect(told.at(-1)).toBeNull();
    expect(told.slice(1, -1)).toEqual(told.slice(1, -1).toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    expect(world.service.peak).toBe(8);
    expectKept(world);
  });

  it('that can do a quarter is soon asked for little more than that, and all is done', async () => {
    const world = new StrandWorld({ tiles: 120, jobs: 16, http: 16 });
    narrow(world, 4);
    await world.turns();
    expectKept(world);
    const refused = world.service.arrivals.length - world.service.journal.length;
    expect(refused).toBeLessThan(40);
  });

  it("is not the budget's business before the next report: the strand itself goes no further", async () => {
    const world = new StrandWorld({ tiles: 200, jobs: 16, http: 16, sliceSeconds: 60 });
    world.service.jobMs = 100 * SECOND_MS;
    world.service.fates.push({ says: reply('busy', { retryAfterMs: MINUTE_MS }) });
    const attempt = world.begin();
    await world.clock.advance(30 * SECOND_MS);
    expect(world.desk.reports).toHaveLength(1);
    expect(world.service.peak).toBeLessThanOrEqual(15);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });

  it('is given no more by whoever goes on with the strand', async () => {
    const world = new StrandWorld({ tiles: 200, jobs: 16, http: 16, sliceSeconds: 15 });
    world.service.jobMs = 30 * SECOND_MS;
    world.service.fates.push(...Array.from({ length: 16 }, () => ({ says: reply('busy', { retryAfterMs: 20 * SECOND_MS }) })));
    const { waitMs } = await world.slice();
    expect(limitLeft(world)).toBe(8);
    await world.clock.advance(waitMs);
    const from = world.desk.reports.length;
    await world.slice();
    expect(world.desk.reports[from]?.limit).toBe(8);
    expect(world.service.peak).toBeLessThanOrEqual(10);
  });

  it('is given half once where it is gone for minutes, not less with every look at it', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 16, http: 16 });
    world.service.otherwise = () => ({ says: reply('unavailable') });
    const began = world.clock.now();
    while (world.clock.now() - began < 5 * MINUTE_MS) await world.clock.advance((await world.slice()).waitMs);
    expect(limitLeft(world)).toBe(8);
    world.service.otherwise = () => ({});
    await world.turns();
    expectKept(world);
  });

  it.each([
    ['a submit that nobody answered', CUT_OFF, true],
    ['nothing that listens', reply('unreachable'), false],
    ['a refusal of a tile', reply('rejected'), false],
  ])('with %s: %o', async (_name, says, less) => {
    const world = new StrandWorld({ tiles: 40, jobs: 8, http: 16, sliceSeconds: 15 });
    world.service.jobMs = 60 * SECOND_MS;
    world.service.fates.push({ says, runs: false });
    await world.slice();
    expect(limitLeft(world)).toBe(less ? 4 : null);
  });

  it.each([
    ['a poll that is told 503', reply('unavailable'), 4],
    ['a poll that a gateway gave up', reply('transport', { overload: true }), 4],
    ['a poll that was cut off', reply('transport'), null],
  ])('with %s', async (_name, says, limit) => {
    const world = new StrandWorld({ tiles: 8, jobs: 8, http: 16, sliceSeconds: 10 });
    world.service.jobMs = 60 * SECOND_MS;
    const [first] = world.everything;
    world.service.answers = ({ task }, times) => (task === first && times === 1 ? says : null);
    await world.slice();
    expect(limitLeft(world)).toBe(limit);
  });
});

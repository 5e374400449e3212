import { describe, expect, it } from 'vitest';
import { gate } from '../../support/gate.ts';
import { ACCEPTED_UNHEARD } from '../../support/job-service.ts';
import { Competitor } from './competitor.ts';
import { isCalls } from './log-writes.ts';
import { expectKept } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const LONG_MS = 100_000;
const MINUTE_MS = 60_000;

describe('places are never given twice (reliability.md section 2)', () => {
  it('trace 1: a zombie whose late report wants nothing takes no charge from its successor', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 2 });
    world.service.jobMs = LONG_MS;
    const late = world.desk.holdDelivery();
    const zombie = world.begin({ mode: 'collect', turn: 1 });
    await world.clock.until(() => world.desk.reports.length === 1);
    const successor = world.begin({ turn: 2 });
    await world.clock.until(() => world.service.journal.length === 2);
    late.release();
    await expect(world.clock.run(zombie.ended)).rejects.toMatchObject({ kind: 'StrandLost' });
    expect(new Competitor(world).grab().granted.jobs).toBe(0);
    expect(world.desk.charged('seer')).toBe(2);
    await world.clock.run(successor.ended);
    world.skipTurns(2);
    await world.turns();
    expectKept(world);
  });

  it("trace 2: a holder's own earlier report, delayed, takes back nothing that a later one said", async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 2 });
    world.service.jobMs = LONG_MS;
    world.service.fates.push(ACCEPTED_UNHEARD);
    const late = world.desk.delay();
    const attempt = world.begin();
    await world.clock.until(() => world.desk.reports.some(({ ambiguous }) => ambiguous.length > 0));
    const other = new Competitor(world);
    expect(other.grab().granted.jobs).toBe(0);
    expect(late.deliver()).toMatchObject({ refused: 'stale', granted: { jobs: 0 } });
    expect(other.grab().granted.jobs).toBe(0);
    expect(world.service.peak).toBe(2);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });

  it('trace 3: nothing is sent on the old grant while its renewal is under way', async () => {
    const world = new StrandWorld({ tiles: 4, jobs: 3 });
    const [first = '', ...others] = world.keys;
    world.service.jobMs = 3_600_000;
    world.service.fates.push(ACCEPTED_UNHEARD);
    const downloads = others.map((other) => world.store.hooks.hold(({ verb, key }) => verb === 'get' && key === other));
    const renewal = world.desk.holdReply(({ seq }) => seq === 2);
    const attempt = world.begin();
    await world.clock.until(() => world.service.arrivals.length === 1);
    expect(world.service.arrivals[0]?.task.startsWith(first)).toBe(true);
    const other = new Competitor(world);
    expect(other.grab().granted.jobs).toBe(0);
    await world.clock.run(renewal.reached);
    expect(other.grab().granted.jobs).toBe(1);
    for (const download of downloads) download.release();
    await world.clock.advance(4_000);
    expect(world.service.arrivals).toHaveLength(1);
    renewal.release();
    await world.clock.advance(4_000);
    expect(world.service.arrivals).toHaveLength(2);
    expect(world.service.peak).toBe(3);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });

  it('trace 10: a place with a submit in doubt is used again only after the report that names it was answered', async () => {
    const world = new StrandWorld({ tiles: 4, jobs: 2, orphanMs: 300_000 });
    world.service.fates.push({ ...ACCEPTED_UNHEARD, jobMs: LONG_MS });
    const naming = world.desk.holdReply(({ ambiguous }) => ambiguous.length > 0);
    const attempt = world.begin();
    await world.clock.run(naming.reached);
    await world.clock.advance(MINUTE_MS);
    expect(world.service.arrivals).toHaveLength(2);
    naming.release();
    await world.clock.run(attempt.ended);
    await world.turns();
    expectKept(world);
  });

  it('trace 10: the only place stays taken by a submit in doubt, from the first moment on', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 1, orphanMs: 300_000 });
    world.service.fates.push({ ...ACCEPTED_UNHEARD, jobMs: LONG_MS });
    await world.turns();
    expectKept(world);
  });

  it('trace 10: a task goes out beside its own submit in doubt only after that report was answered', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2 });
    world.service.fates.push(ACCEPTED_UNHEARD);
    const naming = world.desk.holdReply(({ ambiguous }) => ambiguous.length > 0);
    const attempt = world.begin();
    await world.clock.run(naming.reached);
    await world.clock.advance(10_000);
    expect(world.service.arrivals).toHaveLength(1);
    naming.release();
    await world.clock.run(attempt.ended);
    expect(world.service.arrivals).toHaveLength(2);
    expectKept(world);
  });

  it('trace 10: without an answer to that report neither the place nor its task is used again', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 2 });
    world.service.jobMs = LONG_MS;
    world.service.fates.push(ACCEPTED_UNHEARD);
    const attempt = world.begin();
    await world.clock.until(() => world.service.journal.length === 2);
    world.desk.away = true;
    await world.clock.run(attempt.ended);
    expect(world.service.arrivals).toHaveLength(2);
  });

  it('trace 11: a finished task whose second job still runs stays charged until that job is done', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 2, sliceSeconds: 15 });
    const [first] = world.everything;
    const heard = gate();
    world.service.fates.push({ jobMs: 200_000, until: heard.opened }, { jobMs: 10_000 }, { jobMs: 30_000 });
    const zombie = world.begin({ turn: 1 });
    await world.clock.until(() => world.service.journal.length === 1);
    await world.clock.advance(1_000);
    const calls = world.store.hooks.hold(isCalls);
    heard.open();
    await world.clock.run(calls.reached);
    const successor = world.begin({ turn: 2 });
    await world.clock.until(() => world.service.arrivals.length === 3);
    expect(world.service.arrivals[2]?.task).toBe(first);
    calls.release();
    await world.clock.run(successor.ended);
    await expect(world.clock.run(zombie.ended)).rejects.toMatchObject({ kind: 'StrandLost' });
    world.skipTurns(2);
    await world.turns();
    expectKept(world);
    expect(world.service.jobsByTask.get(first ?? '')).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { orphanSeconds } from '../../../domain/gpu.ts';
import { SERVICE_DEFAULTS } from '../../../domain/service.ts';
import { reply } from '../../support/fake-service.ts';
import { gate } from '../../support/gate.ts';
import { ACCEPTED_UNHEARD, NEVER_ACCEPTED } from '../../support/job-service.ts';
import { isCalls, isLogObject } from './log-writes.ts';
import { callsOf, expectKept, intentsOf, logOf, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const HOUR_MS = 3_600_000;

describe('the log decides, not a clock (reliability.md section 2)', () => {
  it('trace 4: of two attempts that call themselves the same only one keeps the strand', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 2 });
    const puts = [1, 2].map(() => world.store.hooks.hold(isLogObject(1)));
    const twins = [world.begin(), world.begin()];
    await Promise.all(puts.map(({ reached }) => world.clock.run(reached)));
    for (const put of puts) put.release();
    const ends = await world.clock.run(Promise.allSettled(twins.map(({ ended }) => ended)));
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(logOf(world).filter(({ head }) => head.kind === 'takeover')).toHaveLength(2);
    world.skipTurns(1);
    await world.turns();
    expect([...world.service.jobsByTask.values()]).toEqual([1, 1]);
    expectKept(world);
  });

  it.each(['a reply that is lost', 'a machine that sleeps'])(
    'trace 5: the 5 s of a submit count from the first try to write its intents, whatever %s makes of it',
    async (what) => {
      const world = new StrandWorld({ tiles: 1, jobs: 1 });
      const writing = world.store.hooks.hold(isLogObject(2));
      const attempt = world.begin();
      await world.clock.run(writing.reached);
      if (what === 'a machine that sleeps') world.clock.suspend(20_000);
      else await world.clock.advance(20_000);
      writing.release();
      await world.clock.run(attempt.ended);
      world.skipTurns(1);
      await world.turns();
      const [, second] = intentsOf(world);
      expect(second?.replaces).toEqual({ n: 2, i: 0 });
      expect(callsOf(world).filter(({ n }) => n === 2)).toMatchObject([{ i: 0, outcome: 'not_sent' }]);
      expect(world.service.arrivals).toHaveLength(1);
      expect((world.service.arrivals[0]?.atMs ?? 0) - (second?.beganAtMs ?? 0)).toBeLessThanOrEqual(5_000);
      expect(recordsOf(world)).toMatchObject([{ status: 'ok', attempts: 1 }]);
    },
  );

  it('trace 6: a submit that hung as long as a request may stays charged for as long as its job may run', async () => {
    const figures = { ...SERVICE_DEFAULTS, inputsPerContainer: 2 };
    const orphanMs = orphanSeconds(figures, 2, 1) * 1_000;
    const world = new StrandWorld({ tiles: 4, jobs: 2, orphanMs });
    const longestMs = (figures.timeoutSeconds * 3 + figures.coldStartSeconds) * 1_000;
    world.service.otherwise = () => ({ jobMs: 1_200_000 });
    world.service.fates.push({ runs: true, travelsMs: figures.requestSeconds * 1_000, jobMs: longestMs });
    const dead = world.begin({ turn: 1 });
    await world.clock.until(() => world.service.arrivals.length === 2);
    dead.machine.stop();
    world.skipTurns(1);
    await world.turns();
    expectKept(world);
  });

  it('trace 7: what a zombie writes of its call is read before the task goes out beside it', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2 });
    world.service.jobMs = 30_000;
    const writing = world.store.hooks.hold(isCalls);
    const zombie = world.begin({ turn: 1 });
    await world.clock.run(writing.reached);
    const telling = world.desk.holdReply();
    const successor = world.begin({ turn: 2 });
    await world.clock.run(telling.reached);
    await expect(telling.reached).resolves.toMatchObject({ ambiguous: [{ places: 1 }] });
    writing.release();
    await world.clock.advance(1_000);
    telling.release();
    await world.clock.run(successor.ended);
    world.skipTurns(2);
    await world.turns();
    await expect(world.clock.run(zombie.ended)).rejects.toMatchObject({ kind: 'StrandLost' });
    expectKept(world);
    expect([...world.service.jobsByTask.values()]).toEqual([1]);
  });

  it('trace 8: a task is not called lost while somebody may still write the call that answers it', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2, orphanMs: 300_000 });
    const heard = gate();
    world.service.fates.push({ until: heard.opened }, NEVER_ACCEPTED);
    const zombie = world.begin({ turn: 1 });
    await world.clock.until(() => world.service.arrivals.length === 1);
    world.skipTurns(1);
    const first = await world.slice();
    expect(world.service.arrivals).toHaveLength(2);
    expect(first).toMatchObject({ done: false, doubtful: 2 });
    expect(recordsOf(world)).toEqual([]);
    heard.open();
    const late = await world.clock.run(zombie.ended.catch((error: unknown) => error));
    expect(late).toMatchObject({ kind: 'StrandLost' });
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', call_id: 'fc-1' }]);
    expectKept(world);
  });

  it('trace 8: a task is lost once both deadlines are over and no call was found', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2, orphanMs: 300_000 });
    const began = world.clock.now();
    world.service.fates.push(NEVER_ACCEPTED, NEVER_ACCEPTED);
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ status: 'failed', error_code: 'lost', attempts: 2 }]);
    const deadlines = intentsOf(world).map(({ beganAtMs }) => beganAtMs + 300_000);
    expect(Date.parse(recordsOf(world)[0]?.created_at ?? '')).toBeGreaterThanOrEqual(Math.max(...deadlines));
    expect(world.clock.now() - began).toBeLessThan(HOUR_MS);
  });

  it('trace 9: an attempt that lost the strand fails, so that whoever counted on it tries again', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    const counted = world.begin({ turn: 2, attempt: 1 });
    await world.clock.until(() => world.service.arrivals.length === 2);
    const other = world.begin({ turn: 2, attempt: 2 });
    await world.clock.until(() => other.points.includes('takeover'));
    other.machine.stop();
    await expect(world.clock.run(counted.ended)).rejects.toMatchObject({ kind: 'StrandLost' });
    world.skipTurns(2);
    expect(await world.turns()).toMatchObject({ done: true });
    expectKept(world);
  });

  it('trace 12: submits that never left or were refused are no doubts of a successor', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 3 });
    world.service.fates.push({ says: reply('busy', { retryAfterMs: 1_000 }) });
    const first = world.begin({ turn: 1, reached: (point, machine) => point === 'slice' && machine.stop() });
    await world.clock.until(() => world.service.arrivals.length >= 1);
    const writing = world.store.hooks.hold((call) => call.verb === 'put' && !isCalls(call));
    await world.clock.run(writing.reached);
    first.abort();
    writing.release();
    await world.clock.until(() => first.points.includes('slice'));
    expect(callsOf(world).map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['refused', 'not_sent']));
    world.skipTurns(1);
    const from = world.desk.reports.length;
    const began = world.clock.now();
    await world.turns();
    expect(world.desk.reports.slice(from).flatMap(({ ambiguous, release }) => (release ? [] : ambiguous))).toEqual([]);
    expect(world.clock.now() - began).toBeLessThan(world.ceiling.orphanMs / 2);
    expectKept(world);
    expect([...world.service.jobsByTask.values()]).toEqual([1, 1, 1]);
  });

  it('names every job it knows of, and none twice, however a submit was lost', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 3, orphanMs: 120_000 });
    world.service.fates.push(ACCEPTED_UNHEARD, {}, ACCEPTED_UNHEARD);
    await world.turns();
    expectKept(world);
    expect(world.service.journal.length - world.everything.length).toBeLessThanOrEqual(2);
  });
});

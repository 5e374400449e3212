import { describe, expect, it } from 'vitest';
import type { LeaseReply, LeaseReport } from '../../../domain/lease.ts';
import { reply } from '../../support/fake-service.ts';
import { idleReport } from '../../support/lease-report.ts';
import { expectKept } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

type Change = (said: LeaseReply, nth: number, report: LeaseReport) => LeaseReply;

/** Changes what the budget says to the strand; `nth` counts the reports that arrive, from 0. */
function answering(world: StrandWorld, change: Change): void {
  const settle = world.desk.settle.bind(world.desk);
  let nth = -1;
  world.desk.settle = (report: LeaseReport): LeaseReply => {
    const said = settle(report);
    return report.holder === world.holder ? change(said, (nth += 1), report) : said;
  };
}

/** Somebody else of the same service who has all its places. */
function occupied(world: StrandWorld, ttlMs: number): LeaseReport {
  const { configured, ceiling } = world;
  const wants = { inFlight: ceiling.jobs, want: { jobs: ceiling.jobs, http: 1 }, ttlMs };
  const other = idleReport({ holder: 'other', service: 'seer', run: 'x', configured, ...wants });
  world.desk.settle(other);
  return other;
}

/** The most requests that were open at once, at any moment after the world began. */
function watchRequests(world: StrandWorld): () => number {
  const { service } = world;
  let open = 0;
  let most = 0;
  const counted = async <Reply>(send: () => Promise<Reply>): Promise<Reply> => {
    open += 1;
    most = Math.max(most, open);
    return send().finally(() => (open -= 1));
  };
  const [submit, poll] = [service.submit.bind(service), service.poll.bind(service)];
  service.submit = (question) => counted(() => submit(question));
  service.poll = (callId) => counted(() => poll(callId));
  return () => {
    const was = most;
    most = open;
    return was;
  };
}

describe('what a strand tells the budget', () => {
  it('is how long its jobs take, once it has seen some', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 4, sliceSeconds: 10 });
    await world.turns();
    const told = world.desk.reports.map(({ jobMs }) => jobMs);
    expect(told[0]).toBeNull();
    expect(told.at(-1)).toBeGreaterThan(world.service.jobMs * 0.6);
    expect(told.at(-1)).toBeLessThan(world.service.jobMs * 1.5);
  });

  it.each([0, 10, 60])(
    'is how long jobs were in flight, over slices of %i s and the rests between them',
    async (sliceSeconds) => {
      const world = new StrandWorld({ tiles: 40, jobs: 4, sliceSeconds });
      await world.turns();
      const told = world.desk.reports.reduce((sum, { busyMs }) => sum + busyMs, 0);
      const ranMs = world.service.journal.reduce((sum, { beganMs, endsMs }) => sum + endsMs - beganMs, 0);
      expect(told).toBeGreaterThan(ranMs * 0.98);
      expect(told).toBeLessThan(ranMs * 1.6);
    },
  );

  it('of that time loses nothing with a report that is lost', async () => {
    const world = new StrandWorld({ tiles: 30, jobs: 2, sliceSeconds: 10 });
    const lost: number[] = [];
    for (const n of [10, 20]) world.desk.delay((report) => report.n > n && report.busyMs > 0 && lost.push(report.busyMs) > 0);
    let arrived = 0;
    answering(world, (said, _nth, { busyMs }) => {
      arrived += busyMs;
      return said;
    });
    await world.turns();
    expect(lost).toHaveLength(2);
    const ranMs = world.service.journal.reduce((sum, { beganMs, endsMs }) => sum + endsMs - beganMs, 0);
    expect(arrived).toBeGreaterThan(ranMs * 0.98);
    expect(arrived).toBeLessThan(ranMs * 1.6);
  });

  it('is how many requests are open when it is sent', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 6, http: 6, sliceSeconds: 10 });
    world.service.requestMs = 3 * SECOND_MS;
    answering(world, (said, nth) => (nth === 0 ? { ...said, granted: { jobs: 3, http: 6 }, retryAfterMs: 1_500 } : said));
    await world.slice();
    expect(world.desk.reports[1]).toMatchObject({ inFlight: 3, httpInUse: 3 });
  });
});

describe('a strand whose grant shrinks', () => {
  it('opens no request until fewer are open than it may have', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 8, http: 8, sliceSeconds: 20 });
    world.service.requestMs = 2 * SECOND_MS;
    const most = watchRequests(world);
    answering(world, (said, nth) =>
      nth === 0 ? { ...said, granted: { jobs: 6, http: 6 }, retryAfterMs: 3_500 } : { ...said, granted: { jobs: 8, http: 2 } },
    );
    const attempt = world.begin();
    await world.clock.until(() => world.desk.reports.length === 2);
    expect(most()).toBeGreaterThan(2);
    await world.clock.advance(2 * SECOND_MS);
    most();
    await world.clock.advance(10 * SECOND_MS);
    expect(most()).toBe(2);
    await world.clock.run(attempt.ended);
  });

  it('says every two seconds which of its places are free, until it uses no more than it was left', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 6, http: 8, sliceSeconds: 60 });
    world.service.fates.push(...[8, 8, 8, 8, 80, 80].map((seconds) => ({ jobMs: seconds * SECOND_MS })));
    world.service.jobMs = 80 * SECOND_MS;
    answering(world, (said, nth) => {
      if (nth === 0) return { ...said, retryAfterMs: 3 * SECOND_MS, granted: { jobs: 6, http: 8 } };
      return { ...said, granted: { jobs: 2, http: 8 }, retryAfterMs: 0 };
    });
    const attempt = world.begin();
    await world.clock.until(() => world.desk.reports.length === 2);
    expect(world.desk.reports[1]).toMatchObject({ inFlight: 6 });
    await world.clock.advance(20 * SECOND_MS);
    expect(world.desk.reports.map(({ inFlight }) => inFlight)).toEqual([0, 6, 5, 2]);
    await world.clock.advance(20 * SECOND_MS);
    expect(world.desk.reports).toHaveLength(4);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });
});

describe('a strand that may have more later', () => {
  it('asks again when the budget said so, although it has some', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 6, http: 8, sliceSeconds: 60 });
    world.service.jobMs = 100 * SECOND_MS;
    answering(world, (said, nth) => (nth === 0 ? { ...said, granted: { jobs: 2, http: 8 }, retryAfterMs: 8_000 } : said));
    const began = world.clock.now();
    const attempt = world.begin();
    await world.clock.until(() => world.desk.reports.length === 2);
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(8_000);
    expect(world.clock.now() - began).toBeLessThan(9_500);
    await world.clock.until(() => world.service.arrivals.length === 6);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });

  it('does not where it has all it wants', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 6, http: 8, sliceSeconds: 60 });
    world.service.jobMs = 30 * SECOND_MS;
    answering(world, (said, nth) => (nth === 0 ? { ...said, retryAfterMs: 2_000 } : said));
    await world.turns();
    expect(world.desk.reports.filter(({ inFlight, seq }) => seq > 1 && inFlight === 2)).toEqual([]);
  });

  it('does not while its service takes no more than it has', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 8, http: 8, sliceSeconds: 30 });
    world.service.jobMs = 100 * SECOND_MS;
    world.service.fates.push({ says: reply('busy') });
    answering(world, (said) => ({ ...said, retryAfterMs: 2_000 }));
    await world.slice();
    expect(world.desk.reports.map(({ limit }) => limit)).toEqual([null]);
  });

  it('keeps its place in the queue over all its rests', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    occupied(world, 60 * MINUTE_MS);
    const since: (number | null | undefined)[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const { waitMs, waiting } = await world.slice();
      expect(waiting).toBe(true);
      since.push(world.desk.budget.holders[world.holder]?.waitingSinceMs);
      await world.clock.advance(waitMs);
      expect(world.desk.reports.at(-1)?.want.jobs).toBe(3);
    }
    expect(new Set(since).size).toBe(1);
    expect(since[0]).not.toBeNull();
  });

  it('wants HTTP places although its service has none while it waits for its turn', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    answering(world, (said, nth) =>
      nth === 0
        ? {
            ...said,
            granted: { jobs: 0, http: 0 },
            refused: 'waiting',
            retryAfterMs: 3_000,
            ceiling: { ...said.ceiling, jobs: 0, http: 0 },
          }
        : said,
    );
    await world.turns();
    expect(world.desk.reports[1]?.want).toEqual({ jobs: 3, http: 3 });
    expectKept(world);
  });
});

describe('requests of an attempt that did not end its slice', () => {
  it('are told of until the budget has heard it, by whichever attempt reaches it', async () => {
    const world = new StrandWorld({ tiles: 8, jobs: 2, sliceSeconds: 10 });
    world.service.jobMs = MINUTE_MS;
    const lost = world.begin({ turn: 1 });
    await world.clock.until(() => world.service.journal.length === 2);
    lost.machine.stop();
    world.skipTurns(1);
    world.desk.away = true;
    await world.slice();
    world.desk.away = false;
    await world.slice();
    await world.slice();
    const told = world.desk.reports.map(({ predecessorOpen }) => predecessorOpen);
    expect([told[0], told.at(1), told.at(-1)]).toEqual([false, true, false]);
    expect(told.filter(Boolean).length).toBeGreaterThan(1);
  });
});

describe('a strand on which nobody counts any more', () => {
  it('leaves no more charged than what it has in flight, and that until its deadline', async () => {
    const world = new StrandWorld({ tiles: 8, jobs: 6, sliceSeconds: 60 });
    world.service.jobMs = 10 * MINUTE_MS;
    const attempt = world.begin({ forsaken: true });
    await world.clock.until(() => world.service.journal.length === 6);
    attempt.abort();
    await world.clock.run(attempt.ended);
    expect(world.desk.reports.at(-1)).toMatchObject({ release: true, inFlight: 0 });
    expect(world.desk.charged('seer')).toBe(6);
    await world.clock.advance(world.ceiling.orphanMs);
    expect(world.desk.charged('seer')).toBe(0);
  });
});

describe('a strand whose service asks for patience', () => {
  it('gives its places back for a rest that outlasts its lease, and takes them again after it', async () => {
    const world = new StrandWorld({ tiles: 8, jobs: 2 });
    world.service.fates.push(...[1, 2].map(() => ({ says: reply('busy', { retryAfterMs: 5 * MINUTE_MS }) })));
    const { waitMs } = await world.slice();
    expect(waitMs).toBeGreaterThan(4 * MINUTE_MS);
    expect(world.desk.charged('seer')).toBe(0);
    await world.clock.advance(waitMs);
    await world.turns();
    expectKept(world);
  });
});

import { describe, expect, it } from 'vitest';
import type { PollReply, SubmitReply } from '../../../domain/reply.ts';
import { pending, reply } from '../../support/fake-service.ts';
import { ACCEPTED_UNHEARD, NEVER_ACCEPTED } from '../../support/job-service.ts';
import { callsOf, expectKept, intentsOf, recorded, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const MINUTE_MS = 60_000;

function everySubmit(world: StrandWorld, says: SubmitReply): void {
  world.service.otherwise = () => ({ says });
}

function everyPoll(world: StrandWorld, says: PollReply): void {
  world.service.answers = () => says;
}

function restored(world: StrandWorld): void {
  world.service.otherwise = () => ({});
  world.service.answers = () => null;
}

describe('a service that refuses', () => {
  it.each(['credentials', 'gone', 'elsewhere'] as const)(
    'halts its lane at a submit that means %s, and loses no tile',
    async (means) => {
      const world = new StrandWorld({ tiles: 8, jobs: 2 });
      everySubmit(world, reply(means));
      const halted = await world.slice();
      expect(halted).toMatchObject({ done: false, halt: { code: means === 'credentials' ? means : 'gone', blind: false } });
      expect(world.service.arrivals.length).toBeLessThanOrEqual(2);
      expect(recordsOf(world)).toEqual([]);
      restored(world);
      await world.turns({ resumed: true });
      expectKept(world);
      expect(recordsOf(world).every(({ attempts }) => attempts === 1)).toBe(true);
    },
  );

  it.each(['credentials', 'gone'] as const)('halts blindly at a poll that means %s; the jobs stay', async (means) => {
    const world = new StrandWorld({ tiles: 8, jobs: 2 });
    everyPoll(world, reply(means));
    const halted = await world.slice();
    expect(halted).toMatchObject({ done: false, inFlight: 2, halt: { code: means, blind: true } });
    expect(world.service.asked.length).toBeLessThanOrEqual(2);
    expect(world.desk.charged('seer')).toBe(2);
    restored(world);
    await world.turns({ resumed: true });
    expectKept(world);
    expect(world.service.journal).toHaveLength(8);
  });

  it('stops asking at once where submits and polls are refused together', async () => {
    const world = new StrandWorld({ tiles: 8, jobs: 3 });
    world.service.requestMs = 3_000;
    world.service.fates.push({}, {}, { says: reply('credentials') });
    everyPoll(world, reply('credentials'));
    const halted = await world.clock.run(world.begin().ended, MINUTE_MS);
    expect(halted.halt).toMatchObject({ code: 'credentials', blind: true });
    expect(world.service.asked).toHaveLength(2);
  });

  it.each(['unreachable', 'unavailable'] as const)(
    'halts after ten minutes of nothing but %s, asking one at a time',
    async (means) => {
      const world = new StrandWorld({ tiles: 8, jobs: 4 });
      everySubmit(world, reply(means));
      const began = world.clock.now();
      const halted = await world.turns();
      expect(halted.halt).toMatchObject({ code: 'unreachable', blind: false });
      expect(world.clock.now() - began).toBeGreaterThanOrEqual(10 * MINUTE_MS);
      expect(world.clock.now() - began).toBeLessThan(12 * MINUTE_MS);
      expect(world.service.arrivals.length).toBeLessThan(60);
      restored(world);
      await world.turns({ resumed: true });
      expectKept(world);
    },
  );

  it('waits as long as it is asked to, and counts that as no attempt', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    world.service.fates.push({ says: reply('busy', { retryAfterMs: 45_000 }) });
    const began = world.clock.now();
    await world.turns();
    expect((world.service.arrivals[1]?.atMs ?? 0) - began).toBeGreaterThanOrEqual(45_000);
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', attempts: 1 }]);
  });

  it('asks again where an attempt failed, and gives up at the third or where two fail alike', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 1 });
    const refusals = [['a', 'a'], ['b'], ['c', 'd', 'e']];
    world.service.otherwise = ({ picture }) => {
      const digest = refusals[world.keys.indexOf(Buffer.from(picture).toString())]?.shift();
      return digest === undefined ? {} : { says: reply('refused', { digest }) };
    };
    await world.turns();
    expect(recordsOf(world).map(({ status, error_code, attempts }) => [status, error_code, attempts])).toEqual([
      ['failed', 'model_error', 2],
      ['ok', null, 2],
      ['failed', 'model_error', 3],
    ]);
  });

  it('believes a failed job only after three polls that say the same over ten seconds', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 1 });
    const [first] = world.everything;
    const failing = reply('failing', { digest: 'x' });
    world.service.answers = ({ task }, times) => (task === first && times <= 2 ? failing : null);
    await world.turns();
    expectKept(world);
    expect(world.service.journal).toHaveLength(2);
  });

  it('asks a failed job once more, then calls it a model error', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 1 });
    const [first] = world.everything;
    world.service.answers = ({ task }) => (task === first ? reply('failing', { digest: 'x' }) : null);
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ error_code: 'model_error', attempts: 2 }, { status: 'ok' }]);
  });

  it.each([
    ['empty', 'empty_answer'],
    ['expired', 'expired'],
  ] as const)('asks once more after %s, then records %s', async (means, code) => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    everyPoll(world, reply(means));
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ status: 'failed', error_code: code, attempts: 2 }]);
  });

  it('halts where too many of a hundred fail, and counts afresh when it is resumed', async () => {
    const world = new StrandWorld({ tiles: 150, jobs: 8, maxPercent: 10 });
    everySubmit(world, reply('rejected'));
    const halted = await world.turns();
    expect(halted.halt).toMatchObject({ code: 'failures', message: expect.stringContaining('of 100 tasks') });
    expect(halted.tallies.failed).toBeLessThan(110);
    restored(world);
    expect(await world.turns({ resumed: true })).toMatchObject({ done: true });
    expect(recorded(world)).toEqual(world.everything);
  });
});

describe('a job that does not answer', () => {
  it('is given up at its deadline and asked once more, then recorded as timeout', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1, orphanMs: 200_000 });
    everyPoll(world, pending);
    world.service.jobMs = 190_000;
    const began = world.clock.now();
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ status: 'failed', error_code: 'timeout', attempts: 2 }]);
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(400_000);
    expect(world.service.peak).toBe(1);
  });

  it('is asked for before it is given up where nobody could look for hours', async () => {
    const world = new StrandWorld({ tiles: 4, jobs: 4 });
    const attempt = world.begin();
    await world.clock.until(() => world.service.journal.length === 4);
    attempt.abort();
    await world.clock.run(attempt.ended);
    world.skipTurns(1);
    await world.clock.advance(10 * 60 * MINUTE_MS);
    await world.turns();
    expectKept(world);
    expect(world.service.journal).toHaveLength(4);
  });
});

describe('a submit without an answer', () => {
  it('stays charged, and its task goes out beside it where a place is free and the budget knows', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2 });
    world.service.fates.push(ACCEPTED_UNHEARD);
    const [first = 0, second = 0] = await submitsOf(world);
    const told = world.desk.reports.findIndex(({ ambiguous }) => ambiguous.length > 0);
    expect(told).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(intentsOf(world)).toHaveLength(2);
    expectKept(world);
    expect(world.desk.charged('seer')).toBe(1);
    await world.clock.advance(world.ceiling.orphanMs);
    expect(world.desk.charged('seer')).toBe(0);
  });

  it('waits for its deadline where no place is free beside it', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1, orphanMs: 300_000 });
    world.service.fates.push(NEVER_ACCEPTED);
    const [first = 0, second = 0] = await submitsOf(world);
    expect(second - first).toBeGreaterThanOrEqual(290_000);
    expectKept(world);
  });

  it('says nothing of itself beside its intents', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 2 });
    world.service.fates.push(ACCEPTED_UNHEARD, {});
    await world.slice();
    expect(callsOf(world).filter(({ n }) => n === 2)).toMatchObject([{ i: 1, outcome: 'accepted' }]);
  });
});

async function submitsOf(world: StrandWorld): Promise<number[]> {
  await world.turns();
  return world.service.arrivals.map(({ atMs }) => atMs);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reply } from '../../support/fake-service.ts';
import { isCalls } from './log-writes.ts';
import { expectKept, intentsOf, logOf, recordsOf } from './strand-reading.ts';
import { StrandWorld, type Attempted } from './strand-world.ts';
import { Zombie } from './zombie.ts';

const DAY_MS = 86_400_000;

/** Jobs of a crash that nobody could know of: those beyond one per task. */
function extraJobs(world: StrandWorld): number {
  return world.service.journal.length - world.everything.length;
}

/** The most submits in doubt that any report ever named. */
function doubtsNamed(world: StrandWorld): number {
  const named = world.desk.reports.filter(({ release }) => !release);
  return Math.max(0, ...named.map(({ ambiguous }) => ambiguous.reduce((sum, { places }) => sum + places, 0)));
}

async function crashed(
  world: StrandWorld,
  at: { point: string; times: number; turn?: number; slice?: number },
): Promise<Attempted> {
  let left = at.times;
  const { turn = 1, slice = 0 } = at;
  const attempt = world.begin({
    turn,
    slice,
    reached: (point, machine) => {
      if (point !== at.point) return;
      left -= 1;
      if (left === 0) machine.stop();
    },
  });
  await world.clock.until(() => !attempt.machine.running, DAY_MS);
  world.skipTurns(turn);
  return attempt;
}

interface Crash {
  readonly point: string;
  readonly times: number;
  /** Whether jobs may be left that nobody knows of. */
  readonly doubts: boolean;
}

const CRASHES: readonly (readonly [string, Crash])[] = [
  ['after the takeover', { point: 'takeover', times: 1, doubts: false }],
  ['before intents', { point: 'intents', times: 2, doubts: false }],
  ['after intents', { point: 'intents-put', times: 2, doubts: true }],
  ['before a submit leaves', { point: 'submit', times: 3, doubts: true }],
  ['when a submit was accepted', { point: 'submitted', times: 3, doubts: true }],
  ['before calls', { point: 'calls', times: 2, doubts: true }],
  ['while polling', { point: 'poll', times: 2, doubts: false }],
  ['after a poll', { point: 'polled', times: 5, doubts: false }],
  ['before the slice', { point: 'slice', times: 1, doubts: false }],
  ['after the slice', { point: 'slice-put', times: 1, doubts: false }],
];

describe('a worker that dies', () => {
  it('does not make later jobs look slow: those that waited for its successor say nothing of how long a job takes', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 4, sliceSeconds: 15 });
    const { slice } = await world.slice();
    await crashed(world, { point: 'polled', times: 10, turn: 2, slice });
    await world.clock.advance(60_000);
    await world.turns();
    const last = logOf(world).findLast(({ head }) => head.kind === 'slice')?.head;
    expect(last?.kind === 'slice' ? Math.max(...last.state.latenciesMs) : null).toBeLessThan(3 * world.service.jobMs);
    expectKept(world);
  });

  it.each(CRASHES)('%s leaves a strand that another finishes, each task recorded once', async (_name, crash) => {
    const world = new StrandWorld({ tiles: 12, jobs: 3, sliceSeconds: 15 });
    await crashed(world, crash);
    const last = await world.turns();
    expect(last).toMatchObject({ done: true, tallies: { ok: 12, failed: 0 } });
    expectKept(world);
    expect(extraJobs(world)).toBeLessThanOrEqual(crash.doubts ? doubtsNamed(world) : 0);
  });

  it('when its calls are written leaves no doubt', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 3 });
    const attempt = world.begin({ turn: 1 });
    await world.clock.until(() => world.store.calls.some(isCalls));
    attempt.machine.stop();
    world.skipTurns(1);
    await world.turns();
    expectKept(world);
    expect(extraJobs(world)).toBe(0);
    expect(doubtsNamed(world)).toBe(0);
  });

  it('while it waits for an attempt that died before leaves its doubts to the next as well', async () => {
    const world = new StrandWorld({ tiles: 4, jobs: 8, orphanMs: 120_000 });
    await crashed(world, { point: 'submitted', times: 2 });
    const second = world.begin({ turn: 2, reached: (point, machine) => point === 'submitted' && machine.stop() });
    await world.clock.until(() => !second.machine.running);
    world.skipTurns(2);
    await world.turns();
    expectKept(world);
    expect(extraJobs(world)).toBeLessThanOrEqual(intentsOf(world).length - world.everything.length);
    expect(recordsOf(world).every(({ attempts }) => attempts <= 3)).toBe(true);
  });

  it('after the third refusal leaves no fourth attempt to anybody', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1 });
    for (const digest of ['a', 'b', 'c']) world.service.fates.push({ says: reply('refused', { digest }) });
    await crashed(world, { point: 'slice', times: 1 });
    await world.turns();
    expect(world.service.arrivals).toHaveLength(3);
    expect(recordsOf(world)).toMatchObject([{ status: 'failed', error_code: 'model_error', attempts: 3 }]);
  });

  it('is answered by its late word while its successor writes the next intent: the task does not begin again', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2, orphanMs: 60_000, sliceSeconds: 300 });
    const zombie = await Zombie.asleep(world);
    await zombie.wokenDuringNextIntent(70_000);
    expectKept(world);
    expect(world.service.journal).toHaveLength(1);
  });

  it('never loses or doubles a record, wherever and however often it dies', async () => {
    const points = CRASHES.map(([, { point }]) => point);
    const death = fc.record({ point: fc.constantFrom(...points), times: fc.integer({ min: 1, max: 6 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(death, { minLength: 1, maxLength: 4 }), fc.boolean(), async (deaths, strict) => {
        const world = new StrandWorld({ tiles: 8, jobs: 3, orphanMs: 90_000, sliceSeconds: strict ? 0 : 15 });
        let turn = 0;
        for (const { point, times } of deaths) {
          turn += 1;
          let left = times;
          const attempt = world.begin({
            turn,
            reached: (name, machine) => void (name === point && (left -= 1) === 0 && machine.stop()),
          });
          let over = false;
          attempt.ended.then(
            () => (over = true),
            () => (over = true),
          );
          await world.clock.until(() => over || !attempt.machine.running, DAY_MS);
        }
        world.skipTurns(turn);
        await world.turns();
        const lost = recordsOf(world).filter(({ error_code }) => error_code !== null && error_code !== 'lost');
        expect(lost).toEqual([]);
        expectKept(world);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a process that is stopped while another takes over, then woken', () => {
  it.each(['intents', 'intents-put', 'submit', 'submitted', 'calls', 'polled', 'slice'])(
    'at %s changes nothing any more',
    async (point) => {
      const world = new StrandWorld({ tiles: 12, jobs: 3, sliceSeconds: 15 });
      const zombie = await crashed(world, { point, times: 2 }).catch(() => crashed(new StrandWorld(), { point, times: 1 }));
      const first = await world.slice();
      const objects = logOf(world).length;
      zombie.machine.wake();
      await world.clock.run(zombie.ended.catch(() => {}));
      expect(logOf(world)).toHaveLength(objects);
      expect(first.halt).toBeNull();
      await world.turns();
      expectKept(world);
    },
  );
});

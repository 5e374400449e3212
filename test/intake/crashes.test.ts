import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedTwice } from './fake-runs.ts';
import { IntakeWorld, Killed, type KillAt } from './intake-world.ts';

/** Longer than a message is invisible to others, and than a run takes. */
const LONG_MS = 300_000;

interface Change {
  readonly key: number;
  readonly deleted: boolean;
  /** How often its event comes. */
  readonly copies: number;
  /** Decides which events come before which. */
  readonly order: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  key: fc.integer({ min: 0, max: 11 }),
  deleted: fc.boolean(),
  copies: fc.integer({ min: 1, max: 3 }),
  order: fc.nat(),
});
const kill: fc.Arbitrary<KillAt> = fc.record({ call: fc.integer({ min: 1, max: 25 }), after: fc.boolean() });
/** Both shorter and longer than a message is invisible to others. */
const duration = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 100_000, max: 150_000 }));
const times = fc.record({ freezeMs: duration, askMs: duration });

interface MortalLife {
  readonly changes: readonly Change[];
  readonly kill: KillAt;
}

const life: fc.Arbitrary<MortalLife> = fc.record({ changes: fc.array(change, { maxLength: 12 }), kill });

/** Lets objects change, and their events come in an order of their own, some of them more than once. */
function happen(world: IntakeWorld, changes: readonly Change[]): void {
  const sent = changes.flatMap(({ key, deleted, copies, order }) => {
    const name = `tiles/${key}.tif`;
    const body = deleted ? world.remove(name) : world.put(name);
    return Array.from({ length: copies }, (_, copy) => ({ body, order: (order + copy * 7_919) % 104_729 }));
  });
  for (const { body } of sent.toSorted((a, b) => a.order - b.order)) world.queue.send(body);
}

function unlessKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

async function liveAndDie(world: IntakeWorld, { changes, kill: at }: MortalLife): Promise<void> {
  happen(world, changes);
  await world.run({ batch: 4, runs: 2, everyMs: 1_000 }, { kill: at }).catch(unlessKilled);
}

/** Restarted until the queue is empty, as whoever watches over it would do. */
async function drained(world: IntakeWorld): Promise<void> {
  for (let turn = 0; world.queue.size > 0; turn += 1) {
    expect(turn).toBeLessThan(20);
    await world.clock.advance(LONG_MS);
    await world.run({ batch: 4, runs: 2 });
  }
  await world.clock.advance(2 * LONG_MS);
}

describe('an intake that is killed between any two of its steps, again and again', () => {
  it('loses no tile and asks none twice, while events come twice and in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), times, async (lives, runTimes) => {
        const world = new IntakeWorld();
        world.runs.times = runTimes;
        for (const one of lives) await liveAndDie(world, one);
        await drained(world);
        expect(world.missed()).toEqual([]);
        expect(askedTwice(world.runs.asked)).toEqual([]);
        expect(world.queue.deadLetters).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('does so at each of its first forty calls, before and after', async () => {
    for (let call = 1; call <= 40; call += 1) {
      for (const after of [false, true]) {
        const world = new IntakeWorld();
        const changes = Array.from({ length: 10 }, (_, key) => ({ key, deleted: false, copies: 1 + (key % 2), order: key * 31 }));
        await liveAndDie(world, { changes, kill: { call, after } });
        await drained(world);
        expect([call, after, world.missed(), askedTwice(world.runs.asked)]).toEqual([call, after, [], []]);
      }
    }
  });
});

describe('two intakes on one queue', () => {
  const options = { batch: 4, runs: 2 };

  async function together(world: IntakeWorld, at: KillAt): Promise<void> {
    const mortal = world.intake(options, { kill: at }).catch(unlessKilled);
    await world.clock.run(Promise.all([mortal, world.intake(options)]));
    await drained(world);
  }

  it('lose no tile, also where one is killed', async () => {
    const property = fc.asyncProperty(fc.array(change, { maxLength: 40 }), kill, async (changes, at) => {
      const world = new IntakeWorld();
      happen(world, changes);
      await together(world, at);
      expect(world.missed()).toEqual([]);
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it('ask none twice either, where each object has one event', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 60 }), kill, async (count, at) => {
      const world = new IntakeWorld();
      happen(
        world,
        Array.from({ length: count }, (_, key) => ({ key, deleted: false, copies: 1, order: key })),
      );
      await together(world, at);
      expect([world.missed(), askedTwice(world.runs.asked)]).toEqual([[], []]);
    });
    await fc.assert(property, { numRuns: 30 });
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askedTwice } from './fake-runs.ts';
import { IntakeWorld, Killed, type KillAt } from './intake-world.ts';

/** Several intakes on one queue, whose steps mix in any order. */

/** Longer than a message is invisible to others, and than a run takes. */
const LONG_MS = 300_000;
const OPTIONS = { batch: 4, runs: 2, everyMs: 1_000 };

/** An intake that is started again whenever it has ended. */
interface Service {
  /** When it is killed, one life after the other. */
  readonly kills: readonly KillAt[];
  /** How long its calls take, ms. */
  readonly roll: () => number;
}

interface Change {
  readonly key: number;
  readonly deleted: boolean;
  /** How often its event comes. */
  readonly copies: number;
  /** When it happens, and how long its event takes, ms. */
  readonly atMs: number;
  readonly lateMs: number;
}

const time = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) }, { weight: 1, arbitrary: fc.nat(200_000) });
const change: fc.Arbitrary<Change> = fc.record({
  key: fc.nat(7),
  deleted: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
  copies: fc.integer({ min: 1, max: 3 }),
  atMs: time,
  lateMs: time,
});
const kill: fc.Arbitrary<KillAt> = fc.record({ call: fc.integer({ min: 1, max: 30 }), after: fc.boolean() });
/** Mostly nothing and moments; now and then longer than a message is invisible to others. */
const delays = fc.infiniteStream(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 8_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 100_000, max: 200_000 }) },
  ),
);
const service: fc.Arbitrary<Service> = fc
  .record({ kills: fc.array(kill, { maxLength: 3 }), delays })
  .map(({ kills, delays: stream }) => ({ kills, roll: () => stream.next().value ?? 0 }));
const duration = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 100_000, max: 150_000 }));
const times = fc.record({ freezeMs: duration, askMs: duration });

async function happens(world: IntakeWorld, { key, deleted, copies, atMs, lateMs }: Change): Promise<void> {
  await world.clock.sleep(atMs);
  const name = `tiles/${key}.tif`;
  const body = deleted ? world.remove(name) : world.put(name);
  for (let copy = 0; copy < copies; copy += 1) {
    await world.clock.sleep(copy === 0 ? lateMs : lateMs % 97);
    world.queue.send(body);
  }
}

function unlessKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

async function serve(world: IntakeWorld, { kills, roll }: Service, over: () => boolean): Promise<void> {
  for (let life = 0; !over(); life += 1) {
    await world.intake(OPTIONS, { roll, kill: kills[life] ?? null }).catch(unlessKilled);
    await world.clock.sleep(1_000);
  }
}

async function lived(world: IntakeWorld, changes: readonly Change[], services: readonly Service[]): Promise<void> {
  let left = changes.length;
  const over = (): boolean => left === 0 && world.queue.size === 0;
  const happening = changes.map(async (one) => {
    await happens(world, one);
    left -= 1;
  });
  await world.clock.run(Promise.all([...happening, ...services.map((one) => serve(world, one, over))]));
  await world.clock.advance(2 * LONG_MS);
}

it('up to three intakes whose steps mix in any order, killed between any two, lose no tile and ask none twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 30 }),
      fc.array(service, { minLength: 1, maxLength: 3 }),
      times,
      async (changes, services, runTimes) => {
        const world = new IntakeWorld();
        world.runs.times = runTimes;
        await lived(world, changes, services);
        expect(world.missed()).toEqual([]);
        expect(askedTwice(world.runs.asked)).toEqual([]);
        expect(world.queue.deadLetters).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

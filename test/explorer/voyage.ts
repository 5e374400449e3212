import { Conductor } from './conductor.ts';
import { brokenPromises, brokenRecords } from './promises.ts';
import { StormyWorld, type WorldOptions } from './stormy-world.ts';

/** Once faults have stopped a strand of a few tiles needs no longer than this: its deadlines are some minutes. */
const LONGEST_MS = 3 * 3_600_000;
const AFTERMATH_MS = { step: 30_000, least: 60_000, most: 600_000 } as const;

/** How one seed went. */
export interface Voyage {
  readonly seed: number;
  /** Promises that were broken, as sentences. */
  readonly problems: readonly string[];
  /** Names of the faults that struck, in their order. */
  readonly struck: readonly string[];
  readonly story: string;
}

/** Sails one seed to its end and looks whether every promise was kept. */
export async function voyage(options: WorldOptions): Promise<Voyage> {
  const world = new StormyWorld(options);
  const conductor = new Conductor(world);
  const problems = await sailed(world, conductor);
  return { seed: options.seed, problems, struck: world.storm.dice.struck, story: world.storm.chronicle.toString() };
}

async function sailed(world: StormyWorld, conductor: Conductor): Promise<string[]> {
  const { clock, rival } = world;
  void rival.live();
  try {
    const result = await clock.run(conductor.conduct(), LONGEST_MS);
    const end = { result, cancelled: conductor.orders.cancelled };
    const atOnce = brokenRecords(world, end);
    rival.hungry = true;
    await aftermath(world, conductor);
    return [...new Set([...conductor.surprises, ...atOnce, ...brokenPromises(world, end)])];
  } catch (error) {
    return [`P5: ${error instanceof Error ? error.message : String(error)}`, ...conductor.surprises];
  }
}

/** Whoever still runs goes on, while the rival takes every place that the budget believes to be free. */
async function aftermath({ clock }: StormyWorld, { alive }: Conductor): Promise<void> {
  for (let ms = 0; ms < AFTERMATH_MS.most && (ms < AFTERMATH_MS.least || alive.size > 0); ms += AFTERMATH_MS.step) {
    await clock.advance(AFTERMATH_MS.step);
  }
}

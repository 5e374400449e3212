import { DAY_MS } from '../domain/units.ts';
import type { MadeRunName } from './made-run.ts';
import type { MadeInput } from './made-tiles.ts';
import type { Measured } from './measure.ts';
import { outputTable, requireSeen, type OutputFigure } from './output-figures.ts';
import { planNights } from './plan-nights.ts';
import { inOutputScene, outputUri, type OutputOptions, type OutputScene } from './output-scene.ts';

/** What a plan costs. Runs are there by their indexes alone: a plan reads nothing else of them. */

const FIRST_MS = Date.parse('2026-03-01T00:00:00Z');
const NEW_EVERY = 20;
const CHANGED_EVERY = 100;
const FAILED_EVERY = 100;

function runName(nth: number): MadeRunName {
  return { runId: `bench-${nth}`, startedAtMs: FIRST_MS + nth * DAY_MS };
}

interface Case {
  readonly name: string;
  /** Finished runs of the same output, each of all tiles. */
  readonly runs: number;
  /** One of so many records. */
  readonly failedEvery: number | null;
  readonly input: Omit<MadeInput, 'tiles'>;
  readonly seen: (records: number) => Measured['saw'];
}

const UNCHANGED = { newEvery: null, changedEvery: null };

function allDone(records: number): Measured['saw'] {
  return { tiles: records, done: records, owed: 0 };
}

const CASES: readonly Case[] = [
  { name: 'all done', runs: 1, failedEvery: null, input: UNCHANGED, seen: allDone },
  {
    name: '5 % new, 1 % changed, 1 % failed',
    runs: 1,
    failedEvery: FAILED_EVERY,
    input: { newEvery: NEW_EVERY, changedEvery: CHANGED_EVERY },
    seen: (records) => {
      const [fresh, changed, failed] = [records / NEW_EVERY, records / CHANGED_EVERY, records / FAILED_EVERY];
      const done = records - changed - failed;
      return { tiles: records + fresh, new: fresh, changed, failed, done, owed: fresh + changed + failed };
    },
  },
  { name: 'all done, 8 runs', runs: 8, failedEvery: null, input: UNCHANGED, seen: allDone },
];

async function lay(scene: OutputScene, output: string, { records, of }: { records: number; of: Case }): Promise<void> {
  const failed = (n: number): boolean => of.failedEvery !== null && n % of.failedEvery === 0;
  for (let nth = 0; nth < of.runs; nth += 1) {
    const askedBy = (): MadeRunName => runName(0);
    await scene.write(output, { ...runName(nth), tiles: [0, records], askedBy, failed, withParts: false });
  }
}

async function figureOf(scene: OutputScene, records: number, of: Case): Promise<OutputFigure> {
  const output = outputUri('plan');
  await lay(scene, output, { records, of });
  const input = { tiles: records, ...of.input };
  const measured = await scene.measure({ kind: 'plan', output, input, latencyMs: scene.latencyMs });
  await scene.clear();
  const seen = of.seen(records);
  requireSeen(of.name, measured.saw, seen);
  return { ...measured, records, name: of.name, through: seen['tiles'] ?? records };
}

/** What `bench plan` may be asked beside. */
export interface PlanOptions extends OutputOptions {
  /** Runs before the planned one, each of other tiles; one measurement each. */
  readonly nights: readonly number[];
  readonly nightTiles: number;
}

/** Measures plans over made-up runs and prints what they took. */
export async function benchPlan(options: PlanOptions): Promise<void> {
  const figures: OutputFigure[] = [];
  const told = (figure: OutputFigure): void => {
    figures.push(figure);
    process.stderr.write(`${outputTable('tiles', [figure]).split('\n').at(-1)}\n`);
  };
  await inOutputScene(options, async (scene) => {
    for (const records of options.records) for (const of of CASES) told(await figureOf(scene, records, of));
    for (const nights of options.nights) await planNights(scene, { nights, tiles: options.nightTiles }, told);
  });
  process.stdout.write(`${outputTable('tiles', figures)}\n`);
}

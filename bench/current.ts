import { DAY_MS } from '../domain/units.ts';
import type { MadeRun, MadeRunName } from './made-run.ts';
import type { Job, Measured } from './measure.ts';
import { outputTable, requireSeen, type OutputFigure } from './output-figures.ts';
import { inOutputScene, outputUri, type OutputOptions, type OutputScene } from './output-scene.ts';

/** What the current view costs, as runs come to it one after the other. */

const FIRST_MS = Date.parse('2026-03-01T00:00:00Z');
/** Of so many tiles one is asked again, and so many times fewer are new. */
const FEW = 100;
const OUTPUT = outputUri('current');

function runName(nth: number): MadeRunName {
  return { runId: `bench-${nth}`, startedAtMs: FIRST_MS + nth * DAY_MS };
}

function madeRun(nth: number, tiles: MadeRun['tiles'], askedBy: MadeRun['askedBy']): MadeRun {
  return { ...runName(nth), tiles, askedBy, failed: () => false, withParts: true };
}

interface Step {
  readonly name: string;
  /** Written before it is measured. */
  readonly run: (records: number) => MadeRun | null;
  readonly job: Job;
  /** Records that it goes through. */
  readonly through: (records: number) => number;
  readonly seen: (records: number) => Measured['saw'];
}

function updateBy(nth: number): Job {
  return { kind: 'update', output: OUTPUT, runId: runName(nth).runId };
}

const STEPS: readonly Step[] = [
  {
    name: 'update: the first run',
    run: (records) => madeRun(0, [0, records], () => runName(0)),
    job: updateBy(0),
    through: (records) => records,
    seen: (records) => ({ won: records }),
  },
  {
    name: 'update: everything taken over',
    run: (records) => madeRun(1, [0, records], () => runName(0)),
    job: updateBy(1),
    through: (records) => records,
    seen: () => ({ won: 0 }),
  },
  {
    name: 'rebuild from these two',
    run: () => null,
    job: { kind: 'rebuild', output: OUTPUT },
    through: (records) => 2 * records,
    seen: (records) => ({ records }),
  },
  {
    name: 'update: 1 % asked anew, all over',
    run: (records) => madeRun(2, [0, records], (n) => runName(n % FEW === 0 ? 2 : 0)),
    job: updateBy(2),
    through: (records) => records,
    seen: (records) => ({ won: records / FEW }),
  },
  {
    name: 'update: a run of 1 % new tiles',
    run: (records) => madeRun(3, [records, records + records / FEW], () => runName(3)),
    job: updateBy(3),
    through: (records) => records / FEW,
    seen: (records) => ({ won: records / FEW }),
  },
];

async function figureOf(scene: OutputScene, records: number, step: Step): Promise<OutputFigure> {
  const run = step.run(records);
  if (run !== null) await scene.write(OUTPUT, run);
  const measured = await scene.measure(step.job);
  requireSeen(step.name, measured.saw, step.seen(records));
  return { ...measured, records, name: step.name, through: step.through(records) };
}

/** Measures updates of a current view by made-up runs, and prints what they took. */
export async function benchCurrent(options: OutputOptions): Promise<void> {
  const figures: OutputFigure[] = [];
  await inOutputScene(options, async (scene) => {
    for (const records of options.records) {
      for (const step of STEPS) {
        figures.push(await figureOf(scene, records, step));
        process.stderr.write(`${outputTable('records', figures.slice(-1)).split('\n').at(-1)}\n`);
      }
      await scene.clear();
    }
  });
  process.stdout.write(`${outputTable('records', figures)}\n`);
}

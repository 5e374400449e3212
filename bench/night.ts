import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { SECOND_MS } from '../domain/units.ts';
import { nightFigures, type Act, type NightFigures } from './night-figures.ts';
import type { NightOptions } from './night-options.ts';
import { backfillRuns, interactiveRun, nightRun, specOf, type NightRun } from './night-specs.ts';
import { nightTable } from './night-table.ts';
import { executeRun, withClient, type RunTimes } from './run-execution.ts';
import { BUCKET, inScene, simulatedServices, type Scene } from './run-scene.ts';
import { uploadTiles } from './run-tiles.ts';

/** A night, a backfill and somebody who waits, all at once; before that each of them alone that is compared. */

interface Stage {
  readonly scene: Scene;
  readonly client: Client;
  readonly options: NightOptions;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** No two runs have a picture in common. */
async function uploadAll({ stack }: Scene, options: NightOptions): Promise<void> {
  let first = 0;
  for (const { prefix, tiles: count } of [nightRun('', options), interactiveRun(''), ...backfillRuns(options)]) {
    await uploadTiles(stack.s3, { bucket: BUCKET, prefix, first, count });
    first += count;
  }
}

async function execute(client: Client, run: NightRun): Promise<RunTimes> {
  const times = await executeRun(client, run.runId, specOf(run));
  say(`  ${run.runId}: ${run.tiles} tiles in ${((times.endedAtMs - times.startedAtMs) / SECOND_MS).toFixed(1)} s`);
  return times;
}

async function act({ scene }: Stage, says: string, runs: () => Promise<Act['runs']>): Promise<Act> {
  const { events } = scene.simulation.journal;
  const before = events.length;
  say(says);
  const times = await runs();
  return { events: events.slice(before), runs: times };
}

/** Nothing is held any more, and the budget knows it. */
function untilIdle({ scaledown }: NightOptions): Promise<void> {
  return sleep(2 * scaledown * SECOND_MS);
}

async function backfill({ client, options }: Stage): Promise<void> {
  const due = backfillRuns(options)[Symbol.iterator]();
  const open = async (): Promise<void> => {
    for (const run of due) await execute(client, run);
  };
  await Promise.all(Array.from({ length: options.atOnce }, open));
}

async function together(stage: Stage, interruptAfterMs: number): Promise<Act['runs']> {
  const { client, options } = stage;
  const interrupt = async (): Promise<RunTimes> => {
    await sleep(interruptAfterMs);
    return execute(client, interactiveRun('interactive'));
  };
  const [night, interactive] = await Promise.all([execute(client, nightRun('night', options)), interrupt(), backfill(stage)]);
  return { night, interactive };
}

async function play(stage: Stage): Promise<NightFigures> {
  const { scene, client, options } = stage;
  const alone = async (run: NightRun): Promise<Act['runs']> => ({ [run.asker]: await execute(client, run) });
  // A new budget holds back, and a new worker loads its code.
  await act(stage, 'warming up', () => alone(interactiveRun('warm-up')));
  await untilIdle(options);
  const interactiveAlone = await act(stage, 'the interactive run alone', () => alone(interactiveRun('interactive-alone')));
  await untilIdle(options);
  const nightAlone = await act(stage, 'the night alone', () => alone(nightRun('night-alone', options)));
  await untilIdle(options);
  const { startedAtMs, endedAtMs } = nightAlone.runs.night as RunTimes;
  const all = await act(stage, 'all of them at once', () => together(stage, (endedAtMs - startedAtMs) / 2));
  const { events } = scene.simulation.journal;
  const acts = { interactiveAlone, nightAlone, together: all };
  return nightFigures(acts, events, { slots: options.slots, gpuFigures: simulatedServices(options) });
}

async function measure(scene: Scene, options: NightOptions): Promise<NightFigures> {
  say('uploading tiles');
  await uploadAll(scene, options);
  return withClient(scene.stack, (client) => play({ scene, client, options }));
}

/** Measures the simulated night, and prints what it came to. */
export async function benchNight(options: NightOptions): Promise<void> {
  const figures = await inScene(options, (scene) => measure(scene, options));
  process.stdout.write(`${options.json ? JSON.stringify({ options, ...figures }) : nightTable(figures)}\n`);
}

import { describe, test } from 'vitest';
import { isAlive } from '../support/alive.ts';
import { doubtfulIntents, readLog } from './log-reader.ts';
import { brokenPromises, extraJobs, mostInFlight, peaks } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { putTiles } from './tiles.ts';
import { untilAccepted } from './waiting.ts';

const LIMIT_MS = 150_000;
const TASKS = ['caption', 'ships'];
const ADMITTED = 12;
const TILES = 48;

/** Few requests at once, so that a crash leaves few of them without a known end. */
const FIGURES = { inputsPerContainer: ADMITTED, httpInputs: 3 };
const SIMULATED = { inputsPerContainer: ADMITTED, slots: ADMITTED, latency: { meanSeconds: 0.6, sdSeconds: 0.2 } };

async function crashScene(end: (close: () => Promise<void>) => void): Promise<Scene> {
  const scene = await openScene(end, {
    simulated: { caption: SIMULATED, vqa: SIMULATED },
    configured: { caption: FIGURES, vqa: FIGURES },
    variables: { TILESCRIBE_SLICE_SECONDS: '3' },
  });
  await putTiles(scene.bucket, TILES);
  return scene;
}

async function doubts({ bucket }: Scene): Promise<number> {
  const logs = await Promise.all(['caption/0', 'vqa/0'].map((strand) => readLog(bucket, 'run', strand)));
  return doubtfulIntents(logs.flat());
}

const DEATHS = [[['submitted:8', 'polled:20']], [['intents-put:5', 'slice:1']], [['calls:6', 'slice-put:1']]] as const;

describe.concurrent('a worker that is killed', () => {
  test.for(DEATHS)('at %j leaves nothing undone and nothing done twice', { timeout: LIMIT_MS }, async ([points], context) => {
    const { expect } = context;
    const scene = await crashScene(context.onTestFinished);
    const { simulation } = scene;
    const spec = await scene.file('run.json', specOf(scene));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    for (const point of points) {
      const worker = await scene.worker({ TILESCRIBE_KILL_AT: point });
      expect(await worker.exited, point).toBeNull();
      console.log('killed', point, performance.now());
    }
    await scene.worker();
    console.log('last worker', performance.now());
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    console.log(
      'over',
      performance.now(),
      points,
      extraJobs(simulation.journal),
      await doubts(scene),
      peaks(simulation.journal, ADMITTED),
    );
    expect(brokenPromises(await readRun(scene.bucket, 'run'), TASKS)).toEqual([]);
    expect(extraJobs(simulation.journal)).toBeLessThanOrEqual(await doubts(scene));
    expect(mostInFlight(simulation.journal)).toBeLessThanOrEqual(ADMITTED);
    expect(Math.max(...Object.values(peaks(simulation.journal, ADMITTED)))).toBeLessThanOrEqual(2);
  });

  test(
    'politely, hands its work over: another one finishes it without a job too many',
    { timeout: LIMIT_MS },
    async (context) => {
      const { expect } = context;
      const scene = await crashScene(context.onTestFinished);
      const first = await scene.worker();
      const spec = await scene.file('run.json', specOf(scene));
      const run = await scene.start(['run', spec, '--run-id', 'run']);
      await untilAccepted(scene, 20);
      const [, second] = await Promise.all([first.stop(), scene.worker()]);
      console.log('drained', performance.now());
      expect(await first.exited).toBe(0);
      expect(await run.ended).toMatchObject({ exitCode: 0 });
      console.log('polite over', performance.now());
      expect(brokenPromises(await readRun(scene.bucket, 'run'), TASKS)).toEqual([]);
      expect(extraJobs(scene.simulation.journal)).toBe(0);
      expect(await doubts(scene)).toBe(0);
      await second.stop();
      expect([first, second].filter(({ pid }) => isAlive(pid))).toEqual([]);
    },
  );
});

import { describe, test } from 'vitest';
import { doubtfulIntents, readLog } from './log-reader.ts';
import { brokenPromises, extraJobs, mostInFlight, peaks } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { putTiles } from './tiles.ts';

const LIMIT_MS = 150_000;
const TASKS = ['caption', 'ships'];
const ADMITTED = 12;
const TILES = 40;

/** Few requests at once, so that a crash leaves few of them without a known end. */
const FIGURES = { inputsPerContainer: ADMITTED, httpInputs: 3 };
const SIMULATED = { inputsPerContainer: ADMITTED, slots: ADMITTED, latency: { meanSeconds: 0.6, sdSeconds: 0.2 } };

/** Two workers share a run, or one takes over from the other; each kills itself at a point of its own. */
const DEATHS = [[['submitted:8', 'polled:16']], [['intents-put:5', 'slice:1']], [['calls:6', 'slice-put:1']]] as const;

/** Of both strands. */
async function doubts({ bucket }: Scene): Promise<number> {
  const logs = await Promise.all(['caption/0', 'vqa/0'].map((strand) => readLog(bucket, 'run', strand)));
  return doubtfulIntents(logs.flat());
}

describe.concurrent('workers that are killed', () => {
  test.for(DEATHS)(
    'at %j leave nothing undone, and nothing done twice but the unknowable',
    { timeout: LIMIT_MS },
    async ([points], context) => {
      const { expect } = context;
      const scene = await openScene(context.onTestFinished, {
        simulated: { caption: SIMULATED, vqa: SIMULATED },
        configured: { caption: FIGURES, vqa: FIGURES },
        variables: { TILESCRIBE_SLICE_SECONDS: '3' },
      });
      const { simulation } = scene;
      await putTiles(scene.bucket, TILES);
      const spec = await scene.file('run.json', specOf(scene));
      const run = await scene.start(['run', spec, '--run-id', 'run']);
      const doomed = await Promise.all(points.map((point) => scene.worker({ TILESCRIBE_KILL_AT: point })));
      expect(await Promise.all(doomed.map(({ exited }) => exited))).toEqual(points.map(() => null));
      await scene.worker();

      expect(await run.ended).toMatchObject({ exitCode: 0 });
      expect(brokenPromises(await readRun(scene.bucket, 'run'), TASKS)).toEqual([]);
      expect(extraJobs(simulation.journal)).toBeLessThanOrEqual(await doubts(scene));
      expect(mostInFlight(simulation.journal)).toBeLessThanOrEqual(ADMITTED);
      expect(Math.max(...Object.values(peaks(simulation.journal, ADMITTED)))).toBeLessThanOrEqual(2);
    },
  );
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { peaks } from './gpu-promise.ts';
import { everAmbiguous } from './job-promise.ts';
import { extraJobs, eventsOf } from './journal-reader.ts';
import { askedOf, brokenPromises } from './promises.ts';
import { chances, printFigures, PROOF_MINUTES, PROOF_SEED } from './proof-length.ts';
import { openScene, specOf, ADMITTED, HASTY, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { untilAccepted } from './waiting.ts';

const AT_ONCE = 12;

/** Few requests at once, so that a crash leaves few of them without a known end. */
const FIGURES = { ...HASTY, inputsPerContainer: AT_ONCE, httpInputs: 3 };
const SIMULATED = { inputsPerContainer: AT_ONCE, slots: AT_ONCE, latency: { meanSeconds: 0.6, sdSeconds: 0.2 } };

/** Two workers share a run, or one takes over from the other; each kills itself at a point of its own. */
const DEATHS = [[['submitted:8', 'polled:16']], [['intents-put:5', 'slice:1']], [['calls:6', 'slice-put:1']]] as const;

describe.concurrent('workers that are killed', () => {
  test.for(DEATHS)(
    'at %j leave nothing undone, and nothing done twice but the unknowable',
    PATIENT,
    async ([points], context) => {
      const { expect } = context;
      const scene = await openScene(context.onTestFinished, {
        simulated: { caption: SIMULATED, vqa: SIMULATED },
        configured: { caption: FIGURES, vqa: FIGURES },
        variables: { TILESCRIBE_SLICE_SECONDS: '3' },
      });
      const { simulation } = scene;
      await putTiles(scene.bucket, 40);
      const spec = await scene.file('run.json', specOf(scene));
      const run = await scene.start(['run', spec, '--run-id', 'run']);
      const doomed = await Promise.all(points.map((point) => scene.worker({ TILESCRIBE_KILL_AT: point })));
      expect(await Promise.all(doomed.map(({ exited }) => exited))).toEqual(points.map(() => null));
      await scene.worker();

      expect(await run.ended).toMatchObject({ exitCode: 0 });
      expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
      expect(extraJobs(simulation.journal)).toBeLessThanOrEqual(everAmbiguous(await askedOf(scene, ['run'])));
    },
  );
});

/** Six times longer than usual, so that a killed worker leaves jobs that still run. */
const SLOW = { latency: { meanSeconds: 1.5, sdSeconds: 0.4 } };
const KILLED = { rounds: PROOF_MINUTES > 0 ? PROOF_MINUTES * 12 : 2, everyMs: 5_000 };
const TILES = PROOF_MINUTES > 0 ? 120 * PROOF_MINUTES : 40;

/** Two workers at a time, killed together again and again. */
async function massacre(scene: Scene): Promise<void> {
  const chance = chances(PROOF_SEED);
  for (let round = 0; round < KILLED.rounds; round += 1) {
    const workers = await Promise.all([scene.worker(), scene.worker()]);
    await sleep(KILLED.everyMs * (0.6 + 0.8 * chance()));
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

async function report(what: string, scene: Scene): Promise<void> {
  const { simulation, figures } = scene;
  const jobs = eventsOf(simulation.journal, 'accepted').length;
  const ambiguous = everAmbiguous(await askedOf(scene, ['run']));
  printFigures({
    what,
    seed: PROOF_SEED,
    jobs,
    extra: extraJobs(simulation.journal),
    ambiguous,
    ...peaks(simulation.journal.events, figures),
  });
}

describe.concurrent('SIGKILL', () => {
  test('of the only worker while it holds every place: another goes on with its jobs', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: SLOW, vqa: SLOW },
      configured: { caption: HASTY, vqa: HASTY },
    });
    await putTiles(scene.bucket, 40);
    const spec = await scene.file('run.json', specOf(scene));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    const first = await scene.worker();
    await untilAccepted(scene, 2 * ADMITTED);
    await first.kill();
    await scene.worker();
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBeLessThanOrEqual(everAmbiguous(await askedOf(scene, ['run'])));
  });

  test(`of all workers, ${KILLED.rounds} times over: the run finishes once it stops`, PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: SLOW, vqa: SLOW },
      configured: { caption: HASTY, vqa: HASTY },
    });
    await putTiles(scene.bucket, TILES);
    const spec = await scene.file('run.json', specOf(scene));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await massacre(scene);
    await scene.worker();
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    await report('all workers killed every 5 s', scene);
  });
});

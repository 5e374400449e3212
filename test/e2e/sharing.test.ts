import { describe, test } from 'vitest';
import { responseTimesMs, utilisation } from '../../local/services/analysis.ts';
import { gpusByRule } from '../../local/services/gpu-time.ts';
import { peaks } from './gpu-promise.ts';
import { extraJobs } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { printFigures, PROOF_MINUTES } from './proof-length.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { until, untilAccepted } from './waiting.ts';

const TASKS = ['caption', 'ships'];
const TILES = PROOF_MINUTES > 0 ? 300 * PROOF_MINUTES : 40;
/** The long form: 16 jobs of 1.5 s at once at each service, and eight more admitted. */
const LONG = { inputsPerContainer: 24, slots: 16, latency: { meanSeconds: 1.5, sdSeconds: 0.5 } };
const SERVICE = PROOF_MINUTES > 0 ? LONG : {};
const FIGURES = PROOF_MINUTES > 0 ? { inputsPerContainer: LONG.inputsPerContainer } : {};

describe.concurrent('the services are shared', () => {
  test('by two runs and two workers, which never ask for a third GPU', PATIENT, async (context) => {
    const { expect } = context;
    // Short slices: the places change hands often.
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: SERVICE, vqa: SERVICE },
      configured: { caption: FIGURES, vqa: FIGURES },
      variables: { TILESCRIBE_SLICE_SECONDS: '3' },
    });
    const { simulation, bucket } = scene;
    await putTiles(bucket, TILES);
    await Promise.all([scene.worker(), scene.worker()]);
    const spec = await scene.file('run.json', specOf(scene));
    const runs = ['one', 'two'];
    const ended = await Promise.all(runs.map((runId) => scene.tilescribe(['run', spec, '--run-id', runId])));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await brokenPromises(scene, { runs: { one: spec, two: spec } })).toEqual([]);
    // Both ask the same of the same pictures, once each.
    expect(extraJobs(simulation.journal)).toBe(TILES * TASKS.length);
    const { events } = simulation.journal;
    const jobs = [...responseTimesMs(events)].length;
    const seconds = ((events.at(-1)?.at_ms ?? 0) - (events[0]?.at_ms ?? 0)) / 1_000;
    const used = ['caption', 'vqa'].map((service) => utilisation(events, service, scene.figures[service]?.slots ?? 0).share);
    printFigures({ what: 'two runs, two workers, two services', jobs, seconds, used, ...peaks(events, scene.figures) });
  });

  test('by a run that waits in durable timers only', PATIENT, async (context) => {
    const { expect } = context;
    // Jobs of seconds: a slice that other programs slow down still ends before its jobs do.
    const simulated = { latency: { meanSeconds: 4, sdSeconds: 0.1 } };
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: simulated, vqa: simulated },
      variables: { TILESCRIBE_SLICE_SECONDS: '0' },
    });
    await putTiles(scene.bucket, 12);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'strict'])).toMatchObject({ exitCode: 0 });
    const { events } = await scene.temporal.client.workflow.getHandle('strict').fetchHistory();
    const timers = (events ?? []).filter(({ timerStartedEventAttributes: timer }) => timer !== null && timer !== undefined);
    expect(timers.length).toBeGreaterThan(0);
    expect(await brokenPromises(scene, { runs: { strict: spec } })).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBe(0);
  });
});

/** What the services hold at this moment, by the rule for clients. */
function heldNow({ simulation, figures }: Scene): number {
  const now = Date.now();
  return gpusByRule(simulation.journal.events, figures).findLast(({ atMs }) => atMs <= now)?.gpus ?? 0;
}

/** The most that was held from one moment to another. */
function mostHeld({ simulation, figures }: Scene, fromMs: number, toMs: number): number {
  const steps = gpusByRule(simulation.journal.events, figures);
  const before = steps.findLast(({ atMs }) => atMs <= fromMs)?.gpus ?? 0;
  return Math.max(before, ...steps.filter(({ atMs }) => atMs > fromMs && atMs < toMs).map(({ gpus }) => gpus));
}

function slowDown({ simulation }: Scene, times: number): void {
  for (const service of ['caption', 'vqa']) simulation.configure(service, { slowdown: times });
}

describe.concurrent('the cap', () => {
  test('is lowered and raised by hand while a run goes on', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { variables: { TILESCRIBE_SLICE_SECONDS: '3' } });
    await putTiles(scene.bucket, 250);
    await scene.worker();
    // Work enough for as long as commands are given.
    slowDown(scene, 4);
    const spec = await scene.file('run.json', specOf(scene));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await untilAccepted(scene, 20, 'caption');
    await untilAccepted(scene, 20, 'vqa');

    expect(await scene.tilescribe(['budget', 'set', '--gpus', '1'])).toMatchObject({ exitCode: 0 });
    await until(() => heldNow(scene) <= 1);
    const loweredAtMs = Date.now();
    const accepted = scene.simulation.journal.events.length;
    await until(() => scene.simulation.journal.events.length > accepted + 100);
    const raisedAtMs = Date.now();
    const raised = await scene.tilescribe(['budget', 'set', '--gpus', '2', '--json']);
    expect(raised).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(raised.stdout)).toMatchObject({ budget: { gpus: { cap: 2 } } });
    await until(() => heldNow(scene) === 2);
    slowDown(scene, 1);

    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(mostHeld(scene, loweredAtMs, raisedAtMs)).toBe(1);
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBe(0);
  });
});

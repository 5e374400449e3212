import { describe, test } from 'vitest';
import { brokenPromises, extraJobs, mostInFlight, peaks } from './promises.ts';
import { readRun } from './run-reader.ts';
import { ADMITTED, openScene, specOf } from './scene.ts';
import { putTiles } from './tiles.ts';

const LIMIT_MS = 120_000;
const TASKS = ['caption', 'ships'];

describe.concurrent('the services are shared', () => {
  test('by two runs and two workers, which never ask for a third GPU', { timeout: LIMIT_MS }, async (context) => {
    const { expect } = context;
    // Short slices: the places change hands often.
    const scene = await openScene(context.onTestFinished, { variables: { TILESCRIBE_SLICE_SECONDS: '3' } });
    const { simulation, bucket } = scene;
    await putTiles(bucket, 40);
    await Promise.all([scene.worker(), scene.worker()]);
    const spec = await scene.file('run.json', specOf(scene));
    const runs = ['one', 'two'];
    const ended = await Promise.all(runs.map((runId) => scene.tilescribe(['run', spec, '--run-id', runId])));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    for (const runId of runs) expect(brokenPromises(await readRun(bucket, runId), TASKS)).toEqual([]);
    expect(mostInFlight(simulation.journal)).toBeLessThanOrEqual(ADMITTED);
    expect(Math.max(...Object.values(peaks(simulation.journal, ADMITTED)))).toBeLessThanOrEqual(2);
    // Both ask the same of the same pictures, once each.
    expect(extraJobs(simulation.journal)).toBe(40 * TASKS.length);
  });

  test('by a run that waits in durable timers only', { timeout: LIMIT_MS }, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { variables: { TILESCRIBE_SLICE_SECONDS: '0' } });
    await putTiles(scene.bucket, 12);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'strict'])).toMatchObject({ exitCode: 0 });
    expect(brokenPromises(await readRun(scene.bucket, 'strict'), TASKS)).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBe(0);
    const { events } = await scene.temporal.client.workflow.getHandle('strict').fetchHistory();
    const timers = (events ?? []).filter(({ timerStartedEventAttributes: timer }) => timer !== null && timer !== undefined);
    expect(timers.length).toBeGreaterThan(0);
  });
});

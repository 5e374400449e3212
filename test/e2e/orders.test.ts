import { describe, test } from 'vitest';
import type { BudgetStatus } from '../../domain/budget-status.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { statusOf, until, untilAccepted, untilStatus } from './waiting.ts';

const SECOND_LONG = { latency: { meanSeconds: 1, sdSeconds: 0.3 } };

describe.concurrent('a run takes orders', () => {
  test('pause: nothing is submitted, what is in flight is collected, and resume goes on', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: SECOND_LONG, vqa: SECOND_LONG },
    });
    const { simulation, bucket } = scene;
    await putTiles(bucket, 250);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    const started = await scene.tilescribe(['run', spec, '--run-id', 'run', '--detach', '--json']);
    expect(started).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(started.stdout)).toMatchObject({ run_id: 'run' });
    await untilAccepted(scene, 10);

    expect(await scene.tilescribe(['pause', 'run'])).toMatchObject({ exitCode: 0 });
    // What is in flight is told by the end of a slice: before that a status may know of nothing.
    const accepted = (): number => eventsOf(simulation.journal, 'accepted').length;
    const collected = (status: RunStatus): boolean => status.ok === accepted() && status.in_flight + status.budget.held === 0;
    const paused = await untilStatus(scene, 'run', (status) => status.state === 'paused' && collected(status));
    expect(paused.ok).toBeLessThan(paused.expected);
    expect(paused.ok).toBe(accepted());
    const submits = eventsOf(simulation.journal, 'submit_received').length;
    const budget = JSON.parse((await scene.tilescribe(['budget', '--json'])).stdout) as BudgetStatus;
    expect(budget.services.flatMap(({ holders, orphans }) => [...holders, ...orphans])).toEqual([]);
    expect(eventsOf(simulation.journal, 'submit_received')).toHaveLength(submits);

    expect(await scene.tilescribe(['resume', 'run'])).toMatchObject({ exitCode: 0 });
    const watching = await scene.start(['watch', 'run']);
    await until(() => watching.stdout().includes('run running'));
    watching.interrupt();
    expect(await watching.ended).toMatchObject({ exitCode: 130 });
    for (const service of ['caption', 'vqa']) simulation.configure(service, { slowdown: 0.3 });
    expect(await scene.tilescribe(['watch', 'run'])).toMatchObject({ exitCode: 0 });
    expect(eventsOf(simulation.journal, 'submit_received').length).toBeGreaterThan(submits);
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
  });

  test('cancel: what ended is kept, what is in flight is named, and the run is over', PATIENT, async (context) => {
    const { expect } = context;
    const long = { latency: { meanSeconds: 600, sdSeconds: 1 }, timeoutSeconds: 3_600 };
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: long, vqa: SECOND_LONG },
    });
    const { simulation, bucket } = scene;
    await putTiles(bucket, 150);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await untilAccepted(scene, 8, 'caption');
    // Long enough that the run is not halted as a whole before the cancel.
    simulation.configure('vqa', { slowdown: 10 });
    simulation.configure('caption', { faults: [{ fault: 'unauthorized' }] });
    const halted = await untilStatus(scene, 'run', ({ halted_services: services }) => services.length > 0);
    expect(halted).toMatchObject({ state: 'running', halted_services: [{ service: 'caption', code: 'credentials' }] });

    const order = await scene.tilescribe(['cancel', 'run', '--wait', '--json']);
    expect(order).toMatchObject({ exitCode: 0 });
    const { state, ok, failed, errors } = await statusOf(scene, 'run');
    expect(JSON.parse(order.stdout)).toMatchObject({ state, ok, failed, errors, in_flight: 0 });
    expect(await run.ended).toMatchObject({ exitCode: 1 });
    const description = await scene.temporal.client.workflow.getHandle('run').describe();
    expect(description.status.name).toBe('CANCELLED');

    const { manifest, records, paths } = await readRun(bucket, 'run');
    expect(paths).not.toContain('_SUCCESS');
    const cancelled = records.filter(({ error_code: code }) => code === 'cancelled');
    const inFlight = eventsOf(simulation.journal, 'accepted').filter(({ service }) => service === 'caption');
    const named = cancelled.flatMap(({ call_id: id }) => id ?? []);
    expect(new Set(named)).toEqual(new Set(inFlight.map(({ call_id: id }) => id)));
    expect(named).toHaveLength(inFlight.length);
    const { expected, skipped, unfinished } = manifest;
    expect(manifest).toMatchObject({ state: 'cancelled', ok, failed, inputs: 150, expected: 300, missing: [] });
    expect(ok + failed + skipped + unfinished).toBe(expected);
    expect(unfinished).toBe(cancelled.length + expected - records.length);
    expect(ok).toBe(eventsOf(simulation.journal, 'finished').length);

    expect(await brokenPromises(scene, { runs: {}, others: ['run'] })).toEqual([]);
    const again = await scene.tilescribe(['run', spec, '--run-id', 'run']);
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stdout + again.stderr).toContain('cancelled');
    expect(again.stderr).toContain('run run has ended before (cancelled), and nothing of it is asked again');
  });
});

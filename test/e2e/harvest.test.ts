import { describe, test } from 'vitest';
import type { TileRecord } from '../../domain/record.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { untilAccepted, untilStatus } from './waiting.ts';

const SECOND_LONG = { latency: { meanSeconds: 1, sdSeconds: 0.3 } };
const LONG = { latency: { meanSeconds: 12, sdSeconds: 1 } };

function askedBy(records: readonly TileRecord[], runId: string): TileRecord[] {
  return records.filter(({ warnings }) => warnings.includes(`harvested_from_run=${runId}`));
}

describe.concurrent('a new run of the same output', () => {
  test('takes over what a cancelled run finished, and collects what it left in flight', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { simulated: { caption: LONG, vqa: SECOND_LONG } });
    const { simulation, bucket } = scene;
    await putTiles(bucket, 20);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'first', '--detach'])).toMatchObject({ exitCode: 0 });
    await untilAccepted(scene, 8, 'caption');
    simulation.configure('caption', { faults: [{ fault: 'unauthorized' }] });
    await untilStatus(scene, 'first', ({ halted_services: services }) => services.length > 0);
    expect(await scene.tilescribe(['cancel', 'first', '--wait'])).toMatchObject({ exitCode: 0 });
    const left = await readRun(bucket, 'first');
    const named = left.records.filter(({ error_code: code }) => code === 'cancelled').flatMap(({ call_id: id }) => id ?? []);
    expect(named.length).toBeGreaterThan(0);

    simulation.configure('caption', { faults: [] });
    const second = await scene.tilescribe(['run', spec, '--run-id', 'second']);
    expect(second).toMatchObject({ exitCode: 0 });
    expect(second.stdout).toMatch(/^harvested: [\d,]+ jobs were not asked again, since run first had; about/mu);
    const run = await readRun(bucket, 'second');
    expect(await brokenPromises(scene, { runs: { second: spec }, others: ['first'] })).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
    const spared = left.manifest.ok + named.length;
    const { harvest } = run.manifest;
    expect(harvest).toMatchObject({ records: left.manifest.ok, jobs: spared, from: [{ run_id: 'first', records: spared }] });
    expect(harvest.gpu_seconds).toBeGreaterThan(0);
    const calls = askedBy(run.records, 'first').map(({ call_id: id }) => id);
    expect(calls).toHaveLength(spared);
    expect(calls).toEqual(expect.arrayContaining(named));
    const report = JSON.parse(Buffer.from(run.files.get('report.json') ?? []).toString()) as { jobs: number };
    expect(report.jobs).toBe(eventsOf(simulation.journal, 'accepted').length - spared);

    const view = await scene.tilescribe(['current', `s3://${bucket.name}/out/`, '--json']);
    const runs = ['first', 'second'].map((run_id) => ({ run_id }));
    expect(JSON.parse(view.stdout)).toMatchObject({ generation: 2, records: run.manifest.ok, runs });
  });

  test('does so too after one that was terminated, whose workers knew nothing of it', PATIENT, async (context) => {
    const { expect } = context;
    const options = {
      simulated: { caption: LONG, vqa: SECOND_LONG },
      variables: { TILESCRIBE_SLICE_SECONDS: '5' },
    };
    const scene = await openScene(context.onTestFinished, options);
    const { simulation, bucket, temporal } = scene;
    await putTiles(bucket, 20);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'first', '--detach'])).toMatchObject({ exitCode: 0 });
    await untilAccepted(scene, 8, 'caption');
    await temporal.client.workflow.getHandle('first').terminate('the test says so');

    expect(await scene.tilescribe(['run', spec, '--run-id', 'second'])).toMatchObject({ exitCode: 0 });
    const run = await readRun(bucket, 'second');
    expect(await brokenPromises(scene, { runs: { second: spec }, others: ['first'] })).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
    expect(run.manifest.harvest.jobs).toBe(askedBy(run.records, 'first').length);
    expect(run.manifest.harvest.jobs).toBeGreaterThanOrEqual(8);
  });
});

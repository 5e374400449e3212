import { createHash } from 'node:crypto';
import { describe, test } from 'vitest';
import { eventsOf } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { readRun, type RunOutput } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile, putTiles } from './tiles.ts';

/** By tile and task: whose record it is, and what it says. */
function told({ records }: RunOutput): string[] {
  return records
    .map(({ key, task_id: task, error_code: code, warnings }) => {
      const from = warnings.find((warning) => warning.startsWith('harvested_from_run='))?.replace(/^.*=/u, '');
      return `${key} ${task} ${code ?? 'ok'}${from === undefined ? '' : ` of ${from}`}`;
    })
    .toSorted();
}

/** The spec that a run was started with, as a file. */
async function specFile(scene: Scene, runId: string): Promise<string> {
  const document = JSON.parse(Buffer.from(await scene.bucket.get(`out/run=${runId}/run.json`)).toString()) as { spec: object };
  return scene.file(`${runId}.json`, document.spec);
}

describe.concurrent('a retry', () => {
  test('asks only what failed like that, takes the rest over, and can be retried', PATIENT, async (context) => {
    const { expect } = context;
    const sha256 = createHash('sha256')
      .update(await jpegTile(0))
      .digest('hex');
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: { faults: [{ fault: 'error_500', call: 'submit', sha256, varied: true }] } },
    });
    const { bucket, simulation } = scene;
    const [poison = '', damaged = ''] = await putTiles(bucket, 12);
    await bucket.put(damaged, (await jpegTile(1)).slice(0, 300));
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    const jobs = (): number => eventsOf(simulation.journal, 'accepted').length;
    expect(await scene.tilescribe(['run', spec, '--run-id', 'first'])).toMatchObject({ exitCode: 0 });
    const failed = told(await readRun(bucket, 'first')).filter((line) => !line.includes(' ok'));
    expect(failed).toEqual([
      `${poison} caption model_error`,
      `${damaged} caption decode_failed`,
      `${damaged} ships decode_failed`,
    ]);

    simulation.configure('caption', { faults: [] });
    const before = jobs();
    const again = await scene.tilescribe(['retry', 'first', '--code', 'model_error', '--run-id', 'again']);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(jobs() - before).toBe(1);
    expect(told(await readRun(bucket, 'again'))).toEqual([`${poison} caption ok`, `${poison} ships ok of first`]);

    const audited = await scene.tilescribe(['audit', `s3://${bucket.name}/out/run=again/`]);
    expect(audited).toMatchObject({ exitCode: 0 });
    const nothing = await scene.tilescribe(['retry', `s3://${bucket.name}/out/run=again/`]);
    expect(nothing).toMatchObject({ exitCode: 0, stdout: 'Run again has no failed records: nothing is started.\n' });

    const still = await scene.tilescribe(['retry', 'first', '--class', 'input', '--run-id', 'still']);
    expect(still).toMatchObject({ exitCode: 0 });
    expect(jobs() - before).toBe(1);
    await bucket.put(damaged, await jpegTile(1));
    const mended = await scene.tilescribe(['retry', 'still', '--run-id', 'mended']);
    expect(mended).toMatchObject({ exitCode: 0 });
    expect(told(await readRun(bucket, 'mended'))).toEqual([`${damaged} caption ok`, `${damaged} ships ok`]);
    expect(jobs() - before).toBe(3);
    const runs = { first: spec, again: await specFile(scene, 'again'), mended: await specFile(scene, 'mended') };
    expect(await brokenPromises(scene, { runs, others: ['still'] })).toEqual([]);
  });
});

describe.concurrent('a sample', () => {
  test('is asked first, and the run of everything pays for none of it again', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { bucket, simulation } = scene;
    await putTiles(bucket, 15);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene, { tasks: [{ id: 'caption', kind: 'caption' }] }));
    const look = await scene.tilescribe(['run', spec, '--sample', '4', '--run-id', 'look']);
    expect(look).toMatchObject({ exitCode: 0 });
    const { inputs } = await readRun(bucket, 'look');
    expect(inputs).toHaveLength(4);
    expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(4);
    expect(await scene.tilescribe(['run', spec, '--run-id', 'rest'])).toMatchObject({ exitCode: 0 });
    expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(15);
    const anew = ['run', spec, '--sample', '4', '--all', '--run-id', 'anew'];
    expect(await scene.tilescribe(anew)).toMatchObject({ exitCode: 0 });
    expect((await readRun(bucket, 'anew')).inputs).toEqual(inputs);
    expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(19);
  });
});

describe.concurrent('a run that is left at once', () => {
  test('ends like any other where its service does not fit', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { big: {} },
      configured: { big: { gpusPerContainer: 7 } },
    });
    await putTiles(scene.bucket, 1);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene, { tasks: [{ id: 'a', kind: 'caption', service: 'big' }] }));
    const { exitCode, stdout, stderr } = await scene.tilescribe(['run', spec, '--detach']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Service big needs 7 GPUs for one container of jobs, and the cap is 3 GPUs.');
  });
});

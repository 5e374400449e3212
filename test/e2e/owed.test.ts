import { readFile } from 'node:fs/promises';
import { describe, test, type ExpectStatic } from 'vitest';
import type { Plan } from '../../domain/plan.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile, putTiles } from './tiles.ts';

/** Submits that services have taken since the last time they were counted. */
function submits({ simulation }: Scene): () => number {
  let before = 0;
  return () => {
    const all = eventsOf(simulation.journal, 'accepted').length;
    const since = all - before;
    before = all;
    return since;
  };
}

async function planned(scene: Scene, spec: string, expect: ExpectStatic): Promise<Plan> {
  const ended = await scene.tilescribe(['plan', spec, '--json']);
  expect(ended).toMatchObject({ exitCode: 0 });
  return JSON.parse(ended.stdout) as Plan;
}

/** The current view, read as its readers are told to: through the pointer. */
async function currentRecords({ bucket }: Scene): Promise<{ key: string; task_id: string; run_id: string; text: string }[]> {
  const pointer = JSON.parse(Buffer.from(await bucket.get('out/current/pointer/current.json')).toString()) as {
    parts: { path: string }[];
  };
  const parts = await Promise.all(pointer.parts.map(({ path }) => bucket.get(`out/current/${path}`)));
  const lines = parts.flatMap((bytes) => Buffer.from(bytes).toString().split('\n').slice(0, -1));
  return lines.map((line) => JSON.parse(line) as Awaited<ReturnType<typeof currentRecords>>[number]);
}

describe.concurrent('pay only for what changed', () => {
  test('plan, run, plan, run: what is owed is asked once, and nothing else ever again', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { bucket, simulation } = scene;
    const since = submits(scene);
    const [first = ''] = await putTiles(bucket, 10);
    await bucket.put('tiles/cut.jpg', (await jpegTile(50)).subarray(0, 700));
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));

    const before = await planned(scene, spec, expect);
    expect(before.totals).toMatchObject({ new: 22, owed: 22, done: 0 });
    expect(since()).toBe(0);

    const sample = await scene.tilescribe(['run', spec, '--run-id', 'look', '--sample', '3']);
    expect(sample).toMatchObject({ exitCode: 0 });
    expect((await readRun(bucket, 'look')).manifest).toMatchObject({ inputs: 3, state: 'complete' });
    const looked = since();
    expect(looked).toBeLessThanOrEqual(6);

    await scene.tilescribe(['run', spec, '--run-id', 'whole']);
    const whole = await readRun(bucket, 'whole');
    expect(since() + looked).toBe(20);
    expect(whole.manifest).toMatchObject({ state: 'complete', ok: 20, failed: 2 });
    expect(whole.manifest.harvest.from).toMatchObject([{ run_id: 'look' }]);

    const file = `${scene.directory}/plan.json`;
    expect(await scene.tilescribe(['plan', spec, '--save', file])).toMatchObject({ exitCode: 0 });
    expect((JSON.parse(await readFile(file, 'utf8')) as Plan).totals).toMatchObject({ owed: 0, jobs: 0, done: 20, failed: 2 });
    const nothing = await scene.tilescribe(['run', '--plan', file, '--run-id', 'nothing', '--json']);
    expect(nothing).toMatchObject({ exitCode: 0 });
    expect(since()).toBe(0);
    const idle = await readRun(bucket, 'nothing');
    expect(idle.paths).toContain('_SUCCESS');
    expect(idle.manifest).toMatchObject({ ok: 20, failed: 2, owed: { owed: 0, done: 20, failed: 2 } });

    await bucket.put(first, await jpegTile(90));
    await bucket.put('tiles/later.jpg', await jpegTile(91));
    const refused = await scene.tilescribe(['run', '--plan', file, '--run-id', 'refused']);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('is not what a run would do now');
    expect(since()).toBe(0);
    expect((await planned(scene, spec, expect)).totals).toMatchObject({ new: 2, changed: 2, owed: 4 });
    expect(await scene.tilescribe(['run', spec, '--run-id', 'changed'])).toMatchObject({ exitCode: 0 });
    expect(since()).toBe(4);

    const current = await currentRecords(scene);
    expect(current).toHaveLength(22);
    expect(new Set(current.filter(({ key }) => key === first).map(({ run_id }) => run_id))).toEqual(new Set(['changed']));
    expect(extraJobs(simulation.journal)).toBe(0);
  });
});

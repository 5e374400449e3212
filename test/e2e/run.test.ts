import { createHash } from 'node:crypto';
import { describe, test } from 'vitest';
import { compareUtf8 } from '../../domain/merge-order.ts';
import type { RunStatus } from '../../domain/progress.ts';
import { SEARCH_ATTRIBUTES } from '../../domain/temporal-names.ts';
import { provision } from '../../local/provision/provision.ts';
import { temporalRecipe } from '../../local/provision/temporal.ts';
import { startCommand } from './command.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { readRun, runPaths } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { blankTile, jpegTile, putTiles } from './tiles.ts';
import { statusOf } from './waiting.ts';

const ODD_KEYS = ['a\nnew line.jpg', '🚢 at sea.jpg', 'ﬁ.jpg', 'a#b%20c?d+e&f.jpg', 'it\'s "quoted".jpg', '../x.jpg'].map(
  (name) => `tiles/${name}`,
);
const OUTPUT = [
  '_SUCCESS',
  'answers/part-00000.jsonl',
  'captions/part-00000.jsonl',
  'errors/part-00000.jsonl',
  'manifest.json',
  'manifest/part-00000.jsonl',
  'report.html',
  'report.json',
  'run.json',
];

/** 12 plain tiles, odd keys, and tiles that cannot be sent. */
async function putVariedTiles({ bucket }: Scene): Promise<string[]> {
  const plain = await putTiles(bucket, 12);
  await Promise.all(ODD_KEYS.map(async (key, n) => bucket.put(key, await jpegTile(100 + n))));
  await bucket.put('tiles/nothing.jpg', '');
  await bucket.put('tiles/cut.jpg', (await jpegTile(200)).subarray(0, 700));
  await bucket.put('tiles/words.png', 'this is a sentence, not a picture');
  await bucket.put('tiles/blank.png', await blankTile());
  return [...plain, ...ODD_KEYS];
}

describe.concurrent('a run, from the command to its output', () => {
  test('leaves exactly what the contract says, once for every tile and task', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { bucket, simulation } = scene;
    const [poison = '', ...keys] = await putVariedTiles(scene);
    const sha256 = createHash('sha256')
      .update(await jpegTile(0))
      .digest('hex');
    for (const service of ['caption', 'vqa'])
      simulation.configure(service, { faults: [{ fault: 'error_500', call: 'submit', sha256 }] });
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));

    const ended = await scene.tilescribe(['run', spec, '--run-id', 'one', '--json']);
    expect(ended).toMatchObject({ exitCode: 0 });
    const output = await readRun(bucket, 'one');
    expect(output.paths).toEqual(OUTPUT);
    expect(output.manifest).toMatchObject({ inputs: keys.length + 4, ignored: { zero_bytes: 1 }, missing: [] });
    expect(output.inputs.map(({ key }) => key)).toEqual(output.inputs.map(({ key }) => key).toSorted(compareUtf8));
    const good = output.records.filter(({ status }) => status === 'ok');
    expect(new Set(good.map(({ key }) => key))).toEqual(new Set(keys));
    expect(good.filter(({ text, call_id: id, sent_sha256: sha }) => text === null || id === null || sha === null)).toEqual([]);
    const codes = Object.fromEntries(
      output.records.filter(({ status }) => status !== 'ok').map((one) => [one.key, one.error_code]),
    );
    expect(codes).toEqual({
      [poison]: 'model_error',
      'tiles/blank.png': 'empty_tile',
      'tiles/cut.jpg': 'decode_failed',
      'tiles/words.png': 'unsupported_format',
    });
    expect(extraJobs(simulation.journal)).toBe(0);

    const status = await statusOf(scene, 'one');
    expect(JSON.parse(ended.stdout)).toEqual(status);
    expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toMatchObject({ run_id: 'one', state: 'complete', ok: good.length, skipped: 2, failed: 6, in_flight: 0 });
    const stored = await scene.tilescribe(['status', `s3://${bucket.name}/out/run=one/`, '--json']);
    expect(JSON.parse(stored.stdout)).toMatchObject({ run_id: 'one', state: 'complete', ok: good.length, errors: status.errors });

    const exported = await scene.tilescribe(['export', 'one', '--format', 'openai-batch']);
    expect(exported).toMatchObject({ exitCode: 0 });
    const answered = exported.stdout.trimEnd().split('\n');
    const ids = answered.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id);
    expect(ids.toSorted()).toEqual(output.records.map((one) => `${one.task_id}:${one.record_id}`).toSorted());
    const mistaken = await scene.tilescribe(['export', 'one', '--format', 'csv', '--task', 'capshun']);
    expect(mistaken).toMatchObject({ exitCode: 2, stdout: '' });
    expect(mistaken.stderr).toContain('--task capshun is no task of this run; it has caption, ');

    const { events: history } = await scene.temporal.client.workflow.getHandle('one').fetchHistory();
    expect((history ?? []).map((event) => JSON.stringify(event).length).filter((size) => size > 16_384)).toEqual([]);

    expect(await brokenPromises(scene, { runs: { one: spec } })).toEqual([]);
    const requests = eventsOf(simulation.journal, 'request_open').length;
    const other = await scene.file('other.json', specOf(scene, { image: { maxSide: 512 } }));
    const refused = await scene.tilescribe(['run', other, '--run-id', 'one', '--json']);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('maxSide');
    expect(eventsOf(simulation.journal, 'request_open')).toHaveLength(requests);
  });

  test('can be started by the temporal command, over a list of keys', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
    const { bucket, environment } = scene;
    await putTiles(bucket, 6);
    await bucket.put('tiles/nothing.jpg', '');
    const uri = `s3://${bucket.name}/tiles/0001.jpg`;
    const list = [{ key: 'tiles/0004.jpg' }, { uri }, { key: 'tiles/not-there.jpg' }, { key: 'tiles/nothing.jpg' }];
    await bucket.put('lists/keys.jsonl', list.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene, { input: { uri: `s3://${bucket.name}/lists/keys.jsonl` } }));

    const temporal = await provision(temporalRecipe(), { environment: process.env, progress: () => undefined });
    const start = ['workflow', 'start', '--type', 'tilescribeRun', '--task-queue', 'tilescribe', '--input-file', spec];
    const started = await startCommand(temporal.command, [...start, '--workflow-id', 'listed'], environment);
    expect(await started.ended).toMatchObject({ exitCode: 0 });
    expect(await scene.tilescribe(['watch', 'listed'])).toMatchObject({ exitCode: 0 });

    const output = await readRun(bucket, 'listed');
    expect(await brokenPromises(scene, { runs: { listed: spec } })).toEqual([]);
    expect(output.inputs.map(({ key }) => key)).toEqual(list.map((line) => line.key ?? 'tiles/0001.jpg').toSorted());
    const codes = output.records.filter(({ task_id: task }) => task === 'caption').map((one) => [one.key, one.error_code]);
    expect(Object.fromEntries(codes)).toEqual({
      'tiles/0001.jpg': null,
      'tiles/0004.jpg': null,
      'tiles/not-there.jpg': 'missing',
      'tiles/nothing.jpg': 'decode_failed',
    });
    expect((await runPaths(bucket, 'listed', '_work/')).length).toBeGreaterThan(0);
    const listed = await scene.tilescribe(['list', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({
      runs: [{ run_id: 'listed', state: 'complete' } satisfies Partial<RunStatus>],
    });
  });
});

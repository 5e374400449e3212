import { createHash } from 'node:crypto';
import { describe, test } from 'vitest';
import type { IntakeCounts } from '../../domain/intake-counts.ts';
import { sum } from '../../domain/units.ts';
import type { Invocation } from './command.ts';
import { notification, openEvents } from './event-bucket.ts';
import { eventsOf } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile } from './tiles.ts';
import { until } from './waiting.ts';

const TILES = 20;
const KEYS = ['tiles/a b+ü.jpg', 'tiles/🚢.jpg', 'tiles/plain.jpg'];

/** @returns the spec of a run as somebody would have to write it to start that run again. */
async function specFile({ bucket, file }: Scene, runId: string): Promise<string> {
  const { spec } = JSON.parse(Buffer.from(await bucket.get(`out/run=${runId}/run.json`)).toString()) as { spec: object };
  return file(`${runId}.json`, spec);
}

async function intake(scene: Scene, options: readonly string[]): Promise<IntakeCounts> {
  const { exitCode, stdout, stderr } = await scene.tilescribe(['intake', ...options, '--once', '--json']);
  if (exitCode !== 0) throw new Error(`the intake ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as IntakeCounts;
}

/** @returns the runs of events that there are, whether they have ended or not. */
async function runsOfEvents({ bucket }: Scene): Promise<string[]> {
  const lists = await bucket.keys('out/current/_intake/');
  return lists.flatMap((key) => /([^/]+)\.jsonl$/u.exec(key)?.[1] ?? []);
}

/** Puts an object. @returns its event, as S3 would send it. */
async function toldOf({ bucket }: Scene, n: number): Promise<string> {
  const [key, tile] = [`tiles/${n}.jpg`, await jpegTile(n)];
  await bucket.put(key, tile);
  const eTag = createHash('md5').update(tile).digest('hex');
  return notification(bucket.name, key, { eTag, sequencer: `00A${100 + n}` });
}

/** How many tiles the runs have that intakes have started; one that goes on for another says so as well. */
function tilesTaken(intakes: readonly Invocation[]): number {
  const told = intakes.flatMap((one) => [...one.stdout().matchAll(/^run (\S+): has its (\d+) tiles?;/gmu)]);
  const runs = new Map(told.map(([, id, tiles]) => [id, Number(tiles)]));
  return sum([...runs.values()]);
}

function submits({ simulation }: Scene): number {
  return eventsOf(simulation.journal, 'accepted').length;
}

describe.concurrent('an intake', () => {
  test('gets an object that is put its caption, and asks nothing when its event comes again', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { bucket } = scene;
    const events = await openEvents(scene, context.onTestFinished);
    await scene.worker();
    const options = [...events.options, '--spec', await scene.file('spec.json', specOf(scene))];
    for (const [n, key] of KEYS.entries()) await bucket.put(key, await jpegTile(n));
    await bucket.put('tiles/plain.tfw', 'a sidecar');
    await bucket.put('elsewhere/x.jpg', await jpegTile(9));
    await events.main.send('not an event');
    // The three, the sidecar, this and the test of S3.
    await until(async () => (await events.main.size()) === KEYS.length + 3);

    const first = await intake(scene, options);
    expect(first).toMatchObject({
      tiles: 3,
      runs: 1,
      dropped: { sidecar: 1, test: 1, outside: 0 },
      unreadable: { set_aside: 1 },
    });
    expect(await events.main.size()).toBe(0);
    expect(await events.dead.look()).toEqual([{ body: 'not an event', reason: expect.stringContaining('not JSON') }]);
    const [runId = ''] = await runsOfEvents(scene);
    expect(runId).toMatch(/^harbours-intake-[0-9a-f]{16}$/u);
    expect(await scene.tilescribe(['watch', runId])).toMatchObject({ exitCode: 0 });
    const { records, run } = await readRun(bucket, runId);
    expect(records.filter(({ status }) => status === 'ok').map(({ key }) => key)).toEqual(expect.arrayContaining(KEYS));
    expect(run.spec).toMatchObject({
      priority: 'nightly',
      input: { uri: `s3://${bucket.name}/out/current/_intake/${runId}.jsonl` },
    });

    const asked = submits(scene);
    const eTag = createHash('md5')
      .update(await bucket.get('tiles/plain.jpg'))
      .digest('hex');
    await events.main.send(notification(bucket.name, 'tiles/plain.jpg', { eTag, sequencer: '00AA' }));
    const again = await intake(scene, options);
    const others = (await runsOfEvents(scene)).filter((id) => id !== runId);
    expect([again.runs, others.length]).toEqual([1, 1]);
    const [other = ''] = others;
    expect(await scene.tilescribe(['watch', other])).toMatchObject({ exitCode: 0 });
    expect((await readRun(bucket, other)).records).toHaveLength(2);
    expect(submits(scene)).toBe(asked);
    expect(
      await brokenPromises(scene, { runs: { [runId]: await specFile(scene, runId), [other]: await specFile(scene, other) } }),
    ).toEqual([]);
  });

  test('leaves its messages on the queue where a run cannot begin, and says why', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const events = await openEvents(scene, context.onTestFinished);
    await scene.worker();
    await events.main.purge();
    await scene.bucket.put('tiles/a.jpg', await jpegTile(1));
    await until(async () => (await events.main.size()) === 1);
    const tasks = [{ id: 'caption', kind: 'caption', service: 'nowhere' }];
    const spec = await scene.file('spec.json', specOf(scene, { tasks }));
    const ended = await scene.tilescribe(['intake', ...events.options, '--spec', spec, '--once']);
    expect(ended).toMatchObject({ exitCode: 2 });
    expect(ended.stderr).toContain('"nowhere" is not configured');
    expect(await events.main.size()).toBe(1);
  });

  test('asks once, though three of them get three copies of every event at once', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { main, options } = await openEvents(scene, context.onTestFinished);
    await scene.worker();
    const bodies: string[] = [];
    for (let n = 0; n < TILES; n += 1) bodies.push(await toldOf(scene, n));
    // The server's own and its test make way for ours.
    await until(async () => (await main.size()) === TILES + 1);
    await main.purge();
    const copies = Array.from({ length: 3 }, (_, copy) => [...bodies.slice(copy * 6), ...bodies.slice(0, copy * 6)]).flat();
    const spec = await scene.file('spec.json', specOf(scene));
    const args = ['intake', ...options, '--spec', spec, '--every', '2', '--batch', '10'];
    const intakes = await Promise.all([scene.start(args), scene.start(args), scene.start(args)]);
    await until(() => intakes.every((one) => one.stdout().includes('events of')));
    for (const body of copies) await main.send(body);
    await until(async () => (await main.size()) === 0);
    for (const one of intakes) one.terminate();
    const said = (await Promise.all(intakes.map(({ ended }) => ended))).map(({ stdout }) => stdout).join('\n');
    const runs = new Set([...said.matchAll(/^run (\S+): started/gmu)].map(([, id = '']) => id));
    const watched = await Promise.all([...runs].map((id) => scene.tilescribe(['watch', id])));
    expect(watched.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    const read = await Promise.all([...runs].map((id) => readRun(scene.bucket, id)));
    const asked = read.flatMap(({ records }) => records.map(({ key, task_id: task }) => `${key}#${task}`));
    expect([asked.length, new Set(asked).size]).toEqual([2 * TILES, 2 * TILES]);
    // More than one job for one of them only where nobody knows what became of the first.
    expect(await brokenPromises(scene, { runs: {}, others: [...runs] })).toEqual([]);
  });

  test('takes events in for as long as it is let, and ends with the code of what stopped it', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { main, options } = await openEvents(scene, context.onTestFinished);
    await scene.worker();
    const spec = await scene.file('spec.json', specOf(scene));
    const args = ['intake', ...options, '--spec', spec, '--every', '1'];
    const [one, other] = await Promise.all([scene.start(args), scene.start(args)]);
    await until(() => one.stdout().includes('events of') && other.stdout().includes('events of'));
    for (let n = 0; n < 12; n += 1) await scene.bucket.put(`tiles/${n}.jpg`, await jpegTile(n));
    await until(() => tilesTaken([one, other]) === 12);
    await until(async () => (await main.size()) === 0);
    one.interrupt();
    other.terminate();
    const ends = await Promise.all([one.ended, other.ended]);
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([130, 0]);
    const runs = ends.flatMap(({ stdout }) => [...stdout.matchAll(/^run (\S+): started/gmu)].map(([, id = '']) => id));
    for (const id of runs) expect(await scene.tilescribe(['watch', id])).toMatchObject({ exitCode: 0 });
    const read = await Promise.all(runs.map((id) => readRun(scene.bucket, id)));
    const keys = read.flatMap(({ records }) => records.filter(({ task_id: id }) => id === 'caption').map(({ key }) => key));
    expect([keys.length, new Set(keys).size]).toEqual([12, 12]);
  });
});

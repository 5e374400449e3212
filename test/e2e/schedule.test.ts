import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { extraJobs, eventsOf } from './journal-reader.ts';
import { nightAfter, nightSpans, openedRuns, untilIdle, untilNights, type Night } from './nights.ts';
import { brokenPromises } from './promises.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { BY_THE_CLOCK } from './test-options.ts';
import { jpegTile, putTiles } from './tiles.ts';
import { until } from './waiting.ts';

const PERIOD_S = 1;
/** Makes jobs of a quarter of a second take longer than that. */
const SLOWDOWN = 30;
const TILES = 4;

function accepted({ simulation }: Scene): number {
  return eventsOf(simulation.journal, 'accepted').length;
}

async function openedNightly(end: (close: () => Promise<void>) => void): Promise<Scene> {
  const scene = await openScene(end);
  await putTiles(scene.bucket, TILES);
  await scene.bucket.put('ops/nightly.json', JSON.stringify(specOf(scene)));
  const spec = `s3://${scene.bucket.name}/ops/nightly.json`;
  const times = ['--cron', `@every ${PERIOD_S}s`, '--timezone', 'Asia/Kolkata', '--spec', spec];
  const { exitCode, stderr } = await scene.tilescribe(['schedule', 'create', 'nightly', ...times]);
  if (exitCode !== 0) throw new Error(stderr);
  return scene;
}

/** @returns why nights have failed, by run id, as the command tells it. */
async function failures({ tilescribe }: Scene): Promise<Map<string, string>> {
  const { stdout } = await tilescribe(['schedule', 'describe', 'nightly', '--json']);
  const { runs } = JSON.parse(stdout) as { runs: { run_id: string; state: string; reason: string | null }[] };
  const failed = runs.filter(({ state }) => state === 'failed');
  return new Map(failed.map(({ run_id: id, reason }) => [id, reason ?? '']));
}

/** Takes the schedule away, and waits for its last night. @returns what is not kept of what is promised of nights in a row. */
async function brokenInARow(scene: Scene, whole: readonly Night[]): Promise<string[]> {
  const { exitCode } = await scene.tilescribe(['schedule', 'delete', 'nightly', '--yes']);
  await until(async () => (await nightSpans(scene)).every(({ to }) => to !== Infinity));
  const nights = await nightSpans(scene);
  const atOnce = nights.filter(({ from }, n) => from < (nights[n - 1]?.to ?? 0));
  const file = await scene.file('nightly.json', specOf(scene));
  const runs = Object.fromEntries(whole.map(({ runId }) => [runId, file]));
  const others = (await openedRuns(scene)).filter((runId) => runs[runId] === undefined);
  return [
    ...(exitCode === 0 ? [] : ['the schedule could not be deleted']),
    ...atOnce.map(({ id }) => `${id} began while another night was open`),
    ...(extraJobs(scene.simulation.journal) === 0 ? [] : ['something was asked twice']),
    ...(await brokenPromises(scene, { runs, others })),
  ];
}

describe('nights in a row', () => {
  test('late, with nothing to do, failed, or busy: each ends as a person would expect', BY_THE_CLOCK, async (context) => {
    const { expect } = context;
    const scene = await openedNightly(context.onTestFinished);
    const { bucket, simulation } = scene;
    const schedule = scene.temporal.client.schedule.getHandle('nightly');

    // Nobody works for some nights: one begins and is late, one waits for that, the others are left out.
    await untilNights(scene, ({ open, waiting, leftOut }) => open === 1 && waiting === 1 && leftOut > 0);
    const workMs = Date.now();
    await scene.worker();
    const late = await nightAfter(scene, 0);
    expect(late).toMatchObject({ closed: 'COMPLETED' });
    expect(late.toMs - late.dueMs).toBeGreaterThan(PERIOD_S * 1_000);
    expect(accepted(scene)).toBe(2 * TILES);

    // The one that has waited stands for its own time. It has nothing to do: nothing is submitted.
    const waited = await nightAfter(scene, late.fromMs);
    expect(waited).toMatchObject({ closed: 'COMPLETED' });
    expect(waited.dueMs).toBeLessThan(workMs);
    expect(waited.fromMs).toBeGreaterThan(workMs);
    expect(accepted(scene)).toBe(2 * TILES);

    // No tiles have come, then the spec is broken: nights fail and say why.
    const nowhere = `s3://${bucket.name}/nowhere/`;
    await bucket.put('ops/nightly.json', JSON.stringify(specOf(scene, { input: { uri: nowhere } })));
    const empty = await nightAfter(scene, Date.now());
    await bucket.put('ops/nightly.json', '{"dataset": ');
    const broken = await nightAfter(scene, Date.now());
    // A schedule shows its last nights only.
    await schedule.pause();
    const why = await failures(scene);
    await schedule.unpause();
    expect(empty).toMatchObject({ closed: 'FAILED' });
    expect(why.get(empty.runId)).toContain(`No tiles in ${nowhere}: `);
    expect(broken).toMatchObject({ closed: 'FAILED' });
    const notJson = 'has 1 mistake:\n  not JSON: Unexpected end of JSON input';
    expect(why.get(broken.runId)).toBe(`The spec s3://${bucket.name}/ops/nightly.json ${notJson}`);

    // The next one is not touched by that. It takes longer than a period: the night after waits for its end.
    simulation.configure('caption', { slowdown: SLOWDOWN });
    await bucket.put('tiles/new.jpg', await jpegTile(99));
    await bucket.put('ops/nightly.json', JSON.stringify(specOf(scene)));
    const busy = await nightAfter(scene, Date.now());
    expect(busy).toMatchObject({ closed: 'COMPLETED' });
    expect(accepted(scene)).toBe(2 * TILES + 2);
    const next = await nightAfter(scene, busy.fromMs);
    expect(next).toMatchObject({ closed: 'COMPLETED' });
    expect(next.dueMs).toBeLessThan(busy.toMs);

    // A schedule that is paused starts nothing, and makes up for nothing afterwards.
    expect(await scene.tilescribe(['schedule', 'pause', 'nightly'])).toMatchObject({ exitCode: 0 });
    await untilIdle(scene);
    const idleMs = Date.now();
    await sleep(2 * PERIOD_S * 1_000);
    const resumedMs = Date.now();
    expect(await scene.tilescribe(['schedule', 'resume', 'nightly'])).toMatchObject({ exitCode: 0 });
    const resumed = await nightAfter(scene, idleMs);
    expect(resumed).toMatchObject({ closed: 'COMPLETED' });
    expect(resumed.dueMs).toBeGreaterThan(resumedMs);

    expect(accepted(scene)).toBe(2 * TILES + 2);
    expect(await brokenInARow(scene, [waited, busy])).toEqual([]);
  });
});

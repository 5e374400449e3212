import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { wallText } from '../../domain/calendar.ts';
import { gpusByContainers, gpusByRule, type GpuStep } from '../../local/services/gpu-time.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { nightAfter, nightSpans, openedRuns, untilIdle } from './nights.ts';
import { brokenPromises } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { BY_THE_CLOCK } from './test-options.ts';
import { putTiles } from './tiles.ts';

const TILES = 40;
/** Time to begin on a slow machine, too little for all tiles: what is not known yet of a service is taken for 10 s. */
const WINDOW_MS = 55_000;

const SCHEDULED_TILES = 80;
const ZONE = 'Asia/Kolkata';
const MINUTE_MS = 60_000;

/** What is left of the window after the last answer is enough for a night that asks nothing. */
const FIGURES = { inputsPerContainer: 4, scaledownSeconds: 12 };
const SIMULATED = { ...FIGURES, slots: 4, latency: { meanSeconds: 0.25, sdSeconds: 0.02 } };
const CONFIGURED = { ...FIGURES, coldStartSeconds: 0.5 };
/** Of the jobs in the night: 6 s each. */
const SLOWDOWN = 24;

function heldAt(steps: readonly GpuStep[], atMs: number): number {
  return steps.findLast((step) => step.atMs <= atMs)?.gpus ?? 0;
}

/** A schedule that fires every two seconds, made by the command so long before the window of its nights ends. */
async function openedNightly(scene: Scene, endMs: number): Promise<void> {
  const { bucket, tilescribe } = scene;
  await sleep(Math.max(0, endMs - WINDOW_MS - Date.now()));
  const ends = wallText(endMs, ZONE);
  const times = ['--cron', '@every 2s', '--timezone', ZONE, '--until', ends.slice(-5)];
  const made = await tilescribe(['schedule', 'create', 'nightly', ...times, '--spec', `s3://${bucket.name}/ops/nightly.json`]);
  if (!made.stdout.includes(`  until   ${ends} ${ZONE}, `)) throw new Error(made.stdout + made.stderr);
}

describe.concurrent('a night whose window ends before everything is asked', () => {
  test(
    'is complete for what it did, its GPUs are free in time, and the next run asks the rest',
    BY_THE_CLOCK,
    async (context) => {
      const { expect } = context;
      const service = { slots: 2, inputsPerContainer: 2, scaledownSeconds: FIGURES.scaledownSeconds };
      const figures = { ...CONFIGURED, inputsPerContainer: 2 };
      const options = { simulated: { caption: service }, configured: { caption: figures }, gpus: 2 };
      const scene = await openScene(context.onTestFinished, options);
      const { bucket, simulation } = scene;
      simulation.configure('caption', { slowdown: SLOWDOWN });
      await putTiles(bucket, TILES);
      await scene.worker();
      const tasks = [{ id: 'caption', kind: 'caption' }];
      const endsAtMs = Date.now() + WINDOW_MS;
      const window = { endsAt: new Date(endsAtMs).toISOString() };
      const short = await scene.file('night.json', specOf(scene, { tasks, window }));

      const night = await scene.tilescribe(['run', short, '--run-id', 'night']);
      expect(night).toMatchObject({ exitCode: 0 });
      expect(night.stdout).toMatch(
        /^reason: Its window ended first: \d+ tasks not asked; the next run of the same output asks them\.$/mu,
      );
      const { manifest, paths, records } = await readRun(bucket, 'night');
      expect(paths).toContain('_SUCCESS');
      expect(manifest).toMatchObject({ state: 'complete', window_ended: true, expected: TILES, failed: 0 });
      expect(manifest.ok).toBeGreaterThan(0);
      expect(manifest.ok + manifest.unfinished).toBe(TILES);
      expect(records).toHaveLength(manifest.ok);
      expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(manifest.ok);
      const ends = eventsOf(simulation.journal, 'finished').map(({ at_ms }) => at_ms);
      expect(Math.max(...ends)).toBeLessThan(endsAtMs - FIGURES.scaledownSeconds * 1_000);
      expect(await scene.tilescribe(['audit', `s3://${bucket.name}/out/run=night/`])).toMatchObject({ exitCode: 0 });

      simulation.configure('caption', { slowdown: 1 });
      const whole = await scene.file('rest.json', specOf(scene, { tasks }));
      const plan = await scene.tilescribe(['plan', whole, '--json']);
      expect(JSON.parse(plan.stdout)).toMatchObject({ totals: { owed: manifest.unfinished, done: manifest.ok } });
      expect(await scene.tilescribe(['run', whole, '--run-id', 'rest'])).toMatchObject({ exitCode: 0 });
      expect((await readRun(bucket, 'rest')).manifest).toMatchObject({ ok: TILES, window_ended: false });
      expect(extraJobs(simulation.journal)).toBe(0);
      expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(TILES);
    },
  );

  test('frees the GPUs in time, and its nights ask the rest when the next window has begun', BY_THE_CLOCK, async (context) => {
    const { expect } = context;
    const options = { simulated: { caption: SIMULATED }, configured: { caption: CONFIGURED }, gpus: 2 };
    const scene = await openScene(context.onTestFinished, options);
    const { bucket, simulation, tilescribe } = scene;
    const tasks = [{ id: 'caption', kind: 'caption' }];
    simulation.configure('caption', { slowdown: SLOWDOWN });
    await putTiles(bucket, SCHEDULED_TILES);
    await bucket.put('ops/nightly.json', JSON.stringify(specOf(scene, { tasks })));
    await scene.worker();
    const accepted = (): number => eventsOf(simulation.journal, 'accepted').length;
    const endMs = Math.ceil((Date.now() + WINDOW_MS) / MINUTE_MS) * MINUTE_MS;
    await openedNightly(scene, endMs);

    const schedule = scene.temporal.client.schedule.getHandle('nightly');
    const short = await nightAfter(scene, 0);
    expect(short).toMatchObject({ closed: 'COMPLETED' });
    expect(Date.now()).toBeLessThan(endMs);
    const { manifest, paths, records, files } = await readRun(bucket, short.runId);
    expect(paths).toContain('_SUCCESS');
    expect(manifest).toMatchObject({ state: 'complete', window_ended: true, expected: SCHEDULED_TILES, failed: 0 });
    expect(manifest.ok).toBeGreaterThan(0);
    expect(manifest.unfinished).toBeGreaterThan(0);
    expect(manifest.ok + manifest.unfinished).toBe(SCHEDULED_TILES);
    expect(records).toHaveLength(manifest.ok);
    const report = Buffer.from(files.get('report.json') ?? []).toString();
    expect(JSON.parse(report)).toMatchObject({ window_ended: true, totals: { unfinished: manifest.unfinished } });
    expect(accepted()).toBe(manifest.ok);

    // A night that was due in that window and comes when it is nearly over asks nothing.
    const late = await nightAfter(scene, short.fromMs);
    expect(late.dueMs).toBeLessThan(endMs);
    // Before one is due that has the next window.
    await schedule.pause();
    expect(Date.now()).toBeLessThan(endMs);
    const shown = JSON.parse((await tilescribe(['schedule', 'describe', 'nightly', '--json'])).stdout) as { runs: object[] };
    const reason = `Its window ended first: ${manifest.unfinished} tasks not asked; the next run of the same output asks them.`;
    expect(shown.runs[0]).toMatchObject({ run_id: short.runId, state: 'complete', reason });
    const { manifest: nothing } = await readRun(bucket, late.runId);
    expect(nothing).toMatchObject({ state: 'complete', window_ended: true, ok: manifest.ok, failed: 0 });
    await untilIdle(scene);
    const plan = await tilescribe(['plan', await scene.file('nightly.json', specOf(scene, { tasks })), '--json']);
    expect(JSON.parse(plan.stdout)).toMatchObject({ totals: { owed: manifest.unfinished, done: manifest.ok } });

    await sleep(Math.max(0, endMs - Date.now()));
    const { events } = simulation.journal;
    expect(accepted()).toBe(manifest.ok);
    expect(Math.max(...eventsOf({ events }, 'finished').map(({ at_ms: atMs }) => atMs))).toBeLessThan(
      endMs - FIGURES.scaledownSeconds * 1_000,
    );
    expect(heldAt(gpusByContainers(events, scene.figures), endMs)).toBe(0);
    expect(heldAt(gpusByRule(events, scene.figures), endMs)).toBe(0);

    simulation.configure('caption', { slowdown: 1 });
    await schedule.unpause();
    const rest = await nightAfter(scene, endMs);
    expect(rest).toMatchObject({ closed: 'COMPLETED' });
    expect(rest.dueMs).toBeGreaterThan(endMs);
    expect(await tilescribe(['schedule', 'delete', 'nightly', '--yes'])).toMatchObject({ exitCode: 0 });
    expect((await readRun(bucket, rest.runId)).manifest).toMatchObject({
      ok: SCHEDULED_TILES,
      unfinished: 0,
      window_ended: false,
    });
    await expect.poll(async () => (await nightSpans(scene)).filter(({ to }) => to === Infinity)).toEqual([]);
    expect(accepted()).toBe(SCHEDULED_TILES);
    expect(extraJobs(simulation.journal)).toBe(0);
    const others = (await openedRuns(scene)).filter((runId) => runId !== rest.runId);
    const runs = { [rest.runId]: await scene.file('nightly.json', specOf(scene, { tasks })) };
    expect(await brokenPromises(scene, { runs, others })).toEqual([]);
  });
});

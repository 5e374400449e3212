import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import { extraJobs, eventsOf } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { jpegTile, putTiles } from './tiles.ts';
import { until } from './waiting.ts';

const LIMIT_MS = 120_000;
/** Shorter than a night takes, so that nights follow each other as fast as they end. */
const PERIOD_S = 2;
const TILES = 4;
const LOOK_EVERY_MS = 100;

/** A night as Temporal knows it. */
interface Night {
  readonly runId: string;
  readonly dueMs: number;
  readonly fromMs: number;
  /** Null while it is open. */
  readonly closed: 'COMPLETED' | 'FAILED' | null;
}

async function closing({ temporal }: Scene, runId: string): Promise<Night['closed']> {
  const { status } = await temporal.client.workflow.getHandle(runId).describe();
  return status.name === 'COMPLETED' || status.name === 'FAILED' ? status.name : null;
}

/** @returns the first night that began after a moment, once it is over. */
async function nightAfter(scene: Scene, afterMs: number): Promise<Night> {
  for (;;) {
    const { info } = await scene.temporal.client.schedule.getHandle('nightly').describe();
    const action = info.recentActions.find(({ takenAt }) => takenAt.getTime() > afterMs);
    const runId = action?.action.workflow.workflowId ?? '';
    const closed = action === undefined ? null : await closing(scene, runId);
    if (action !== undefined && closed !== null)
      return { runId, dueMs: action.scheduledAt.getTime(), fromMs: action.takenAt.getTime(), closed };
    await sleep(LOOK_EVERY_MS);
  }
}

/** How many nights are open, wait for that, and were left out since one waited. */
async function counts({
  temporal,
}: Scene): Promise<{ readonly open: number; readonly waiting: number; readonly leftOut: number }> {
  const { info, raw } = await temporal.client.schedule.getHandle('nightly').describe();
  const { runningActions, numActionsSkippedOverlap: leftOut } = info;
  return { open: runningActions.length, waiting: Number(raw.info?.bufferSize ?? 0), leftOut };
}

/** When each night began and ended, ms, in their order. */
async function spans({ temporal }: Scene): Promise<{ readonly id: string; readonly from: number; readonly to: number }[]> {
  const nights = [];
  for await (const info of temporal.client.workflow.list({ query: `WorkflowType = "${WORKFLOW_TYPES.run}"` })) {
    if (info.workflowId.startsWith('nightly-'))
      nights.push({ id: info.workflowId, from: info.startTime.getTime(), to: info.closeTime?.getTime() ?? Infinity });
  }
  return nights.toSorted((a, b) => a.from - b.from);
}

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

describe('nights in a row', () => {
  test('each ends as a person would expect, and never two at once', { timeout: LIMIT_MS }, async (context) => {
    const { expect } = context;
    const scene = await openedNightly(context.onTestFinished);
    const { bucket, simulation } = scene;
    const worker = await scene.worker();

    const first = await nightAfter(scene, 0);
    expect(first).toMatchObject({ closed: 'COMPLETED' });
    expect(accepted(scene)).toBe(2 * TILES);

    // Nothing to do: nothing is submitted.
    const second = await nightAfter(scene, first.fromMs);
    expect(second).toMatchObject({ closed: 'COMPLETED' });
    expect(accepted(scene)).toBe(2 * TILES);

    // The spec is broken for a while: a night fails and says why; the next one is not touched by it.
    await bucket.put('ops/nightly.json', '{"dataset": ');
    const failed = await nightAfter(scene, Date.now());
    expect(failed).toMatchObject({ closed: 'FAILED' });
    const { stdout } = await scene.tilescribe(['schedule', 'describe', 'nightly', '--json']);
    const { runs: shown } = JSON.parse(stdout) as { runs: { run_id: string }[] };
    expect(shown.find(({ run_id: id }) => id === failed.runId)).toMatchObject({
      state: 'failed',
      reason: `The spec s3://${bucket.name}/ops/nightly.json has 1 mistake:\n  not JSON: Unexpected end of JSON input`,
    });
    await bucket.put('tiles/new.jpg', await jpegTile(99));
    await bucket.put('ops/nightly.json', JSON.stringify(specOf(scene)));
    const repaired = await nightAfter(scene, Date.now());
    expect(repaired).toMatchObject({ closed: 'COMPLETED' });
    expect(accepted(scene)).toBe(2 * TILES + 2);

    // Nobody works for some nights: one begins and waits, one waits for that, the others are left out.
    const before = await counts(scene);
    await worker.stop();
    await bucket.put('tiles/late.jpg', await jpegTile(98));
    const stopped = async (): Promise<boolean> => {
      const { open, waiting, leftOut } = await counts(scene);
      return open === 1 && waiting === 1 && leftOut > before.leftOut;
    };
    await until(stopped);
    const lateMs = Date.now();
    await scene.worker();
    const caughtUp = await nightAfter(scene, lateMs);
    expect(caughtUp).toMatchObject({ closed: 'COMPLETED' });
    expect(caughtUp.fromMs - caughtUp.dueMs).toBeGreaterThan(PERIOD_S * 1_000);
    expect(accepted(scene)).toBe(2 * TILES + 4);

    // A schedule that is paused starts nothing, and makes up for nothing afterwards.
    expect(await scene.tilescribe(['schedule', 'pause', 'nightly'])).toMatchObject({ exitCode: 0 });
    const idle = async (): Promise<boolean> => {
      const { open, waiting } = await counts(scene);
      return open === 0 && waiting === 0;
    };
    await until(idle);
    const idleMs = Date.now();
    await sleep(2 * PERIOD_S * 1_000);
    const resumedMs = Date.now();
    expect(await scene.tilescribe(['schedule', 'resume', 'nightly'])).toMatchObject({ exitCode: 0 });
    const resumed = await nightAfter(scene, idleMs);
    expect(resumed).toMatchObject({ closed: 'COMPLETED' });
    expect(resumed.dueMs).toBeGreaterThan(resumedMs);

    expect(await scene.tilescribe(['schedule', 'delete', 'nightly', '--yes'])).toMatchObject({ exitCode: 0 });
    await expect.poll(async () => (await spans(scene)).filter(({ to }) => to === Infinity), { timeout: 30_000 }).toEqual([]);
    const nights = await spans(scene);
    expect(nights.filter(({ from }, n) => from < (nights[n - 1]?.to ?? 0))).toEqual([]);
    expect(extraJobs(simulation.journal)).toBe(0);
    const file = await scene.file('nightly.json', specOf(scene));
    const told = [first, second, caughtUp].map(({ runId }) => runId);
    const opened = (await bucket.keys('out/')).flatMap((key) => /^out\/run=([^/]+)\/run\.json$/u.exec(key)?.[1] ?? []);
    const others = opened.filter((runId) => !told.includes(runId));
    const runs = Object.fromEntries(told.map((runId) => [runId, file]));
    expect(await brokenPromises(scene, { runs, others })).toEqual([]);
  });
});

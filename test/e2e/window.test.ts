import { describe, test } from 'vitest';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf } from './scene.ts';
import { putTiles } from './tiles.ts';

const LIMIT_MS = 120_000;
const TILES = 40;
const WINDOW_MS = 18_000;

describe('a night whose window ends before everything is asked', () => {
  test(
    'is complete for what it did, its GPUs are free in time, and the next run asks the rest',
    { timeout: LIMIT_MS },
    async (context) => {
      const { expect } = context;
      const slow = { latency: { meanSeconds: 2, sdSeconds: 0.2 }, slots: 2, inputsPerContainer: 2 };
      const figures = { inputsPerContainer: 2, timeoutSeconds: 20 };
      const options = { simulated: { caption: slow }, configured: { caption: figures }, gpus: 2 };
      const scene = await openScene(context.onTestFinished, options);
      const { bucket, simulation } = scene;
      await putTiles(bucket, TILES);
      await scene.worker();
      const tasks = [{ id: 'caption', kind: 'caption' }];
      const endsAtMs = Date.now() + WINDOW_MS;
      const window = { endsAt: new Date(endsAtMs).toISOString() };
      const short = await scene.file('night.json', specOf(scene, { tasks, window }));

      const night = await scene.tilescribe(['run', short, '--run-id', 'night']);
      expect(night).toMatchObject({ exitCode: 0 });
      expect(night.stdout).toMatch(/^left: \d+ tasks not asked, since the window ended/mu);
      const { manifest, paths, records } = await readRun(bucket, 'night');
      expect(paths).toContain('_SUCCESS');
      expect(manifest).toMatchObject({ state: 'complete', window_ended: true, expected: TILES, failed: 0 });
      expect(manifest.ok).toBeGreaterThan(0);
      expect(manifest.ok + manifest.unfinished).toBe(TILES);
      expect(records).toHaveLength(manifest.ok);
      const submits = eventsOf(simulation.journal, 'accepted').map(({ at_ms }) => at_ms);
      expect(submits).toHaveLength(manifest.ok);
      expect(Math.max(...submits)).toBeLessThan(endsAtMs);
      expect(await scene.tilescribe(['audit', `s3://${bucket.name}/out/run=night/`])).toMatchObject({ exitCode: 0 });

      const whole = await scene.file('rest.json', specOf(scene, { tasks }));
      const plan = await scene.tilescribe(['plan', whole, '--json']);
      expect(JSON.parse(plan.stdout)).toMatchObject({ totals: { owed: manifest.unfinished, done: manifest.ok } });
      expect(await scene.tilescribe(['run', whole, '--run-id', 'rest'])).toMatchObject({ exitCode: 0 });
      expect((await readRun(bucket, 'rest')).manifest).toMatchObject({ ok: TILES, window_ended: false });
      expect(extraJobs(simulation.journal)).toBe(0);
      expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(TILES);
    },
  );
});

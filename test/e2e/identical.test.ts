import { describe, test } from 'vitest';
import type { TileRecord } from '../../domain/record.ts';
import { jobsPerQuestion } from '../../local/services/analysis.ts';
import { eventsOf } from './journal-reader.ts';
import { brokenPromises } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { jpegTile } from './tiles.ts';

const ALIKE = ['tiles/a.jpg', 'tiles/b.jpg', 'tiles/c.jpg'];

async function putAlike({ bucket }: Scene): Promise<void> {
  const picture = await jpegTile(1);
  await Promise.all([...ALIKE.map((key) => bucket.put(key, picture)), bucket.put('tiles/d.jpg', await jpegTile(2))]);
}

const answerOf = ({ request_sha256, text, value, call_id }: TileRecord): unknown => [request_sha256, text, value, call_id];

describe('pictures that are the same under several keys', () => {
  test('are asked once, and each key has its own record', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    await putAlike(scene);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));

    expect(await scene.tilescribe(['run', spec, '--run-id', 'alike', '--json'])).toMatchObject({ exitCode: 0 });
    const { records } = await readRun(scene.bucket, 'alike');
    const { events } = scene.simulation.journal;
    expect([...jobsPerQuestion(events).values()]).toEqual([1, 1, 1, 1]);
    expect(eventsOf({ events }, 'accepted')).toHaveLength(4);
    expect(records.map(({ key, status }) => `${key} ${status}`).toSorted()).toHaveLength(8);
    for (const task of ['caption', 'ships']) {
      const alike = records.filter(({ key, task_id }) => task_id === task && ALIKE.includes(key));
      expect(alike.map(({ key }) => key).toSorted()).toEqual(ALIKE);
      expect(alike.map(answerOf)).toEqual(alike.map(() => alike[0] && answerOf(alike[0])));
      expect(new Set(alike.map(({ record_id }) => record_id)).size).toBe(3);
      expect(alike.map(({ attempts }) => attempts).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
      const asked = alike.find(({ attempts }) => attempts === 1);
      const warned = alike.filter(({ warnings }) => warnings.includes(`same_request_as=${asked?.uri}`));
      expect(warned.every(({ attempts }) => attempts === 0)).toBe(true);
      expect(warned).toHaveLength(2);
    }
    expect(await scene.tilescribe(['audit', 'alike'])).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { alike: spec } })).toEqual([]);
  });
});

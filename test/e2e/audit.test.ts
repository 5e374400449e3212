import { describe, test } from 'vitest';
import { eventsOf } from './journal-reader.ts';
import { readRun, runPaths } from './run-reader.ts';
import { openScene, specOf } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { blankTile, jpegTile, putTiles } from './tiles.ts';
import { untilAccepted, untilStatus } from './waiting.ts';

describe.concurrent('a finished run', () => {
  test('is proven from S3, cleaned, and still of use to the next one', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished);
    const { bucket, simulation } = scene;
    await putTiles(bucket, 8);
    for (const name of ['a\nnew line.jpg', '🚢 at sea.jpg', 'ﬁ.jpg']) await bucket.put(`tiles/${name}`, await jpegTile(50));
    await bucket.put('tiles/blank.png', await blankTile());
    await bucket.put('tiles/words.png', 'this is a sentence, not a picture');
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'one'])).toMatchObject({ exitCode: 0 });
    const uri = `s3://${bucket.name}/out/run=one/`;

    const proven = 'one is as its manifest says: complete, 13 tiles, 26 records in 3 parts, 13 sources at their etag.\n';
    expect(await scene.tilescribe(['audit', uri])).toEqual({ exitCode: 0, stdout: proven, stderr: '' });
    expect(await scene.tilescribe(['audit', 'one'])).toMatchObject({ exitCode: 0, stdout: proven });

    await bucket.put('tiles/0003.jpg', await jpegTile(90));
    const changed = await scene.tilescribe(['audit', uri]);
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toContain(`manifest/part-00000.jsonl line 4: s3://${bucket.name}/tiles/0003.jpg has etag`);
    await bucket.put('tiles/0003.jpg', await jpegTile(3));

    expect(await scene.tilescribe(['clean', 'one', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(await runPaths(bucket, 'one', '_work/')).toEqual([]);
    expect(await scene.tilescribe(['audit', uri])).toMatchObject({ exitCode: 0, stdout: proven });
    const asked = eventsOf(simulation.journal, 'accepted').length;
    expect(await scene.tilescribe(['run', spec, '--run-id', 'one'])).toMatchObject({ exitCode: 0 });

    expect(await scene.tilescribe(['run', spec, '--run-id', 'two'])).toMatchObject({ exitCode: 0 });
    expect(eventsOf(simulation.journal, 'accepted')).toHaveLength(asked);
    const { manifest } = await readRun(bucket, 'two');
    expect(manifest).toMatchObject({ ok: 22, harvest: { records: 26, from: [{ run_id: 'one', records: 26 }] } });
    expect(await scene.tilescribe(['audit', `s3://${bucket.name}/out/run=two/`])).toMatchObject({ exitCode: 0 });
  });

  test('that was cancelled keeps its working files while a later run can use them', PATIENT, async (context) => {
    const { expect } = context;
    const long = { latency: { meanSeconds: 60, sdSeconds: 1 } };
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: long },
      configured: { caption: { timeoutSeconds: 200 } },
    });
    const { bucket, simulation } = scene;
    await putTiles(bucket, 12);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'cut', '--detach'])).toMatchObject({ exitCode: 0 });
    await untilAccepted(scene, 4, 'caption');
    simulation.configure('caption', { faults: [{ fault: 'unauthorized' }] });
    await untilStatus(scene, 'cut', ({ halted_services: services }) => services.length > 0);
    expect(await scene.tilescribe(['cancel', 'cut', '--wait'])).toMatchObject({ exitCode: 0 });
    const uri = `s3://${bucket.name}/out/run=cut/`;
    expect(await scene.tilescribe(['audit', uri])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('cancelled') });
    const refused = await scene.tilescribe(['clean', uri, '--yes']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^cut left \d+ jobs in flight/u) });
    expect((await runPaths(bucket, 'cut', '_work/')).length).toBeGreaterThan(0);
  });
});

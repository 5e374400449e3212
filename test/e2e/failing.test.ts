import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { MAX_ATTEMPTS } from '../../domain/outcome.ts';
import type { Fault } from '../../local/services/faults.ts';
import { peaks } from './gpu-promise.ts';
import { everAmbiguous } from './job-promise.ts';
import { eventsOf, extraJobs } from './journal-reader.ts';
import { askedOf, brokenPromises } from './promises.ts';
import { printFigures, PROOF_MINUTES, PROOF_SEED } from './proof-length.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { histories, pictureCanaries, secrecyFaults, SECRET_VALUE, textsIn, written, type Told } from './secrecy.ts';
import { PATIENT } from './test-options.ts';
import { putTiles, jpegTile } from './tiles.ts';

/** Room for jobs that nobody knows of, beside those that are known. */
const ADMITTED = 96;
/** Of every ten submits three get no answer although a job was made of them. */
const DOUBTS: readonly Fault[] = [
  { fault: 'accepted_reset', probability: 0.2 },
  { fault: 'accepted_bad_gateway', probability: 0.1 },
];
const SERVICE = { inputsPerContainer: ADMITTED, slots: 16, faults: DOUBTS };
const FIGURES = { inputsPerContainer: ADMITTED, timeoutSeconds: 5, coldStartSeconds: 2, requestSeconds: 2 };

describe.concurrent('submits without an answer', () => {
  test('three in ten: the run finishes, and every job beyond one is explained', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: SERVICE, vqa: SERVICE },
      configured: { caption: FIGURES, vqa: FIGURES },
    });
    const tiles = PROOF_MINUTES > 0 ? 150 : 25;
    await putTiles(scene.bucket, tiles);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'run'])).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    const { journal } = scene.simulation;
    const doubts = eventsOf(journal, 'fault').length;
    const [ambiguous, extra] = [everAmbiguous(await askedOf(scene, ['run'])), extraJobs(journal)];
    expect(doubts).toBeGreaterThan(0);
    expect(extra).toBeLessThanOrEqual(ambiguous);
    expect(ambiguous).toBeGreaterThanOrEqual(doubts);
    const jobs = eventsOf(journal, 'accepted').length;
    printFigures({
      what: 'three in ten without an answer',
      seed: PROOF_SEED,
      jobs,
      doubts,
      ambiguous,
      extra,
      ...peaks(journal.events, scene.figures),
    });
  });
});

describe.concurrent('a tile on which the service fails', () => {
  test('costs three attempts and delays no other', PATIENT, async (context) => {
    const { expect } = context;
    const sha256 = createHash('sha256')
      .update(await jpegTile(0))
      .digest('hex');
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: { faults: [{ fault: 'error_500', call: 'submit', sha256, varied: true }] } },
    });
    const [poison] = await putTiles(scene.bucket, 40);
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene, { tasks: [{ id: 'caption', kind: 'caption' }] }));
    expect(await scene.tilescribe(['run', spec, '--run-id', 'run'])).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);

    const submits = eventsOf(scene.simulation.journal, 'submit_received');
    const asked = submits.flatMap((event, at) => (event.sent_sha256 === sha256 ? [at] : []));
    expect(asked).toHaveLength(MAX_ATTEMPTS);
    // The others went out meanwhile.
    expect((asked.at(-1) ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(MAX_ATTEMPTS);
    const { records } = await readRun(scene.bucket, 'run');
    const failed = records.filter(({ status }) => status !== 'ok');
    expect(failed).toMatchObject([{ key: poison, error_code: 'model_error', attempts: MAX_ATTEMPTS }]);
  });
});

/** In the comment of every picture, which is sent as it is. */
const MARKER = 'cAnArY-in-the-comment-of-a-picture!';
const PLACE = 'cAnArY-of-a-place-in-upstream-code';
/** What a careless service puts into its errors beside the traceback that it documents. */
const UPSTREAM = [
  'CUDA out of memory',
  'Traceback (most recent call last):',
  `  File "/srv/${PLACE}.py", line 7, in serve`,
  `KeyError: ${SECRET_VALUE} data:image/jpeg;base64,${Buffer.from(MARKER).toString('base64')}`,
].join('\n');
const LOOK_EVERY_MS = 200;

/** @returns the picture with a comment segment after its beginning. */
function commented(jpeg: Uint8Array, comment: string): Uint8Array {
  const body = Buffer.from(comment);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xfe]), length, body, jpeg.subarray(2)]);
}

/** Collects what heartbeats say until `ended`. */
async function heartbeats({ temporal }: Scene, runId: string, ended: Promise<unknown>): Promise<Told[]> {
  const told: Told[] = [];
  const over = new AbortController();
  void ended.then(() => over.abort());
  while (!over.signal.aborted) {
    const description = await temporal.client.workflow
      .getHandle(runId)
      .describe()
      .catch(() => null);
    const pending = description?.raw.pendingActivities ?? [];
    told.push(...pending.map(({ heartbeatDetails }) => ({ where: 'a heartbeat', text: textsIn(heartbeatDetails) })));
    await sleep(LOOK_EVERY_MS);
  }
  return told.filter(({ text }) => text !== '');
}

describe.concurrent('nothing that tilescribe writes', () => {
  test('holds a secret, a picture or what a service says of its failures', PATIENT, async (context) => {
    const { expect } = context;
    const errors = { error: UPSTREAM, varied: true } as const;
    const scene = await openScene(context.onTestFinished, {
      simulated: {
        caption: { faults: [{ fault: 'error_500', ...errors, probability: 0.1 }] },
        vqa: { faults: [{ fault: 'job_fails', error: UPSTREAM, probability: 0.1 }] },
      },
      variables: { TILESCRIBE_LOG_LEVEL: 'trace' },
    });
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    await Promise.all(numbers.map(async (n) => scene.bucket.put(`tiles/${n}.jpg`, commented(await jpegTile(n), MARKER))));
    await scene.worker();
    const spec = await scene.file('run.json', specOf(scene));
    const run = scene.tilescribe(['run', spec, '--run-id', 'run']);
    const beats = await heartbeats(scene, 'run', run);
    expect(await run).toMatchObject({ exitCode: 0 });

    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    const told = [
      ...beats,
      ...(await Promise.all([histories(scene.temporal.client), written(scene.bucket), scene.printed()])).flat(),
    ];
    const upstream = { what: 'a place in upstream code', text: PLACE };
    expect(secrecyFaults(told, [...pictureCanaries(Buffer.from(MARKER)), upstream])).toEqual([]);
    // What is searched for would be found: it did reach the services, and everything was read.
    expect(beats.map(({ text }) => text).join()).toContain('in_flight');
    expect(told.find(({ where }) => where === 'the history of run')?.text).toContain(scene.bucket.name);
    expect(secrecyFaults([{ where: 'a log', text: SECRET_VALUE }], [])).toHaveLength(1);
  });
});

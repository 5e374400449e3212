import { describe, test } from 'vitest';
import { doubtfulIntents, readLog } from './log-reader.ts';
import { brokenPromises, extraJobs, mostInFlight, peaks } from './promises.ts';
import { readRun } from './run-reader.ts';
import { openScene, specOf, type Scene } from './scene.ts';
import { putTiles } from './tiles.ts';

const LIMIT_MS = 150_000;
const TASKS = ['caption', 'ships'];
const ADMITTED = 12;
const TILES = 40;

/** Few requests at once, so that a crash leaves few of them without a known end. */
const FIGURES = { inputsPerContainer: ADMITTED, httpInputs: 3 };
const SIMULATED = { inputsPerContainer: ADMITTED, slots: ADMITTED, latency: { meanSeconds: 0.6, sdSeconds: 0.2 } };

/** Two workers share a run, or one takes over from the other; each kills itself at a point of its own. */
const DEATHS = [[['submitted:8', 'polled:16']], [['intents-put:5', 'slice:1']], [['calls:6', 'slice-put:1']]] as const;

/** Of both strands. */
async function doubts({ bucket }: Scene): Promise<number> {
  const logs = await Promise.all(['caption/0', 'vqa/0'].map((strand) => readLog(bucket, 'run', strand)));
  return doubtfulIntents(logs.flat());
}

const ONLY_WHAT_NOBODY_KNOWS = 'at %j leave nothing undone, and nothing done twice but what nobody could know of';

describe.concurrent('workers that are killed', () => {
  test.for(DEATHS)(ONLY_WHAT_NOBODY_KNOWS, { timeout: LIMIT_MS }, async ([points], context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, {
      simulated: { caption: SIMULATED, vqa: SIMULATED },
      configured: { caption: FIGURES, vqa: FIGURES },
      variables: { TILESCRIBE_SLICE_SECONDS: '3' },
    });
    const { simulation } = scene;
    await putTiles(scene.bucket, TILES);
    const spec = await scene.file('run.json', specOf(scene));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    const doomed = await Promise.all(points.map((point) => scene.worker({ TILESCRIBE_KILL_AT: point })));
    expect(await Promise.all(doomed.map(({ exited }) => exited))).toEqual(points.map(() => null));
    console.log('dead', Date.now() % 1e6);await scene.worker();console.log('third', Date.now() % 1e6);

    expect(await run.ended).toMatchObject({ exitCode: 0 });
    console.log('ended', Date.now() % 1e6);
    console.log((await scene.temporal.client.workflow.getHandle('run').fetchHistory()).events!.map((e) => e.eventType + ' ' + JSON.stringify(e.activityTaskScheduledEventAttributes?.activityType?.name) + ' ' + JSON.stringify(e.activityTaskStartedEventAttributes?.attempt)+ ' ' + JSON.stringify(e.timerStartedEventAttributes?.startToFireTimeout) + ((Number(e.eventTime!.seconds) * 1000 + e.eventTime!.nanos! / 1e6) % 1e6)).join('\n'));
    for (const lane of ['caption/0','vqa/0']) for (const o of await readLog(scene.bucket, 'run', lane)) console.log(lane, o.n, o.head.kind, JSON.stringify(o.head.attempt), (o.head as any).began_at_ms % 1e6, o.lines, o.calls.length, o.calls[0]?.at_ms! % 1e6);
    expect(brokenPromises(await readRun(scene.bucket, 'run'), TASKS)).toEqual([]);
    expect(extraJobs(simulation.journal)).toBeLessThanOrEqual(await doubts(scene));
    expect(mostInFlight(simulation.journal)).toBeLessThanOrEqual(ADMITTED);
    expect(Math.max(...Object.values(peaks(simulation.journal, ADMITTED)))).toBeLessThanOrEqual(2);
  });
});

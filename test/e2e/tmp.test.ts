import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { isAlive } from '../support/alive.ts';
import { sharedServers } from '../support/servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { doubtfulIntents, readLog } from './log-reader.ts';
import { eventsOf, brokenPromises, extraJobs, mostInFlight, peaks } from './promises.ts';
import { readRun } from './run-reader.ts';
import { ADMITTED, openScene, specOf } from './scene.ts';
import { putTiles } from './tiles.ts';
import { until, untilAccepted } from './waiting.ts';

const LIMIT_MS = 120_000;
const CAPTION = [{ id: 'caption', kind: 'caption' }];
const SLOW = { latency: { meanSeconds: 1.5, sdSeconds: 0.4 } };

describe.concurrent('a run goes from one worker to another', () => {
  test('that is stopped politely, and without a job too many', { timeout: LIMIT_MS }, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { simulated: { caption: SLOW } });
    await putTiles(scene.bucket, 40);
    const first = await scene.worker();
    const spec = await scene.file('run.json', specOf(scene, { tasks: CAPTION }));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await untilAccepted(scene, 10); console.log('stop', Date.now() % 1e6);
    const [, second] = await Promise.all([first.stop(), scene.worker()]);
    console.log('stopped', Date.now() % 1e6);
    expect(await first.exited).toBe(0);
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    console.log('ended', Date.now() % 1e6);
    console.log((await scene.temporal.client.workflow.getHandle('run').fetchHistory()).events!.map((e) => e.eventType + ' ' + JSON.stringify(e.activityTaskScheduledEventAttributes?.activityType?.name) + ' ' + JSON.stringify(e.activityTaskStartedEventAttributes?.attempt)+ ' ' + JSON.stringify(e.timerStartedEventAttributes?.startToFireTimeout) + ((Number(e.eventTime!.seconds) * 1000 + e.eventTime!.nanos! / 1e6) % 1e6)).join('\n'));
    for (const o of await readLog(scene.bucket, 'run', 'caption/0')) console.log(o.n, o.head.kind, JSON.stringify(o.head.attempt), (o.head as any).began_at_ms % 1e6, o.lines, o.calls.length, o.calls[0]?.at_ms! % 1e6);
    console.log(eventsOf(scene.simulation.journal, 'accepted').map(e => Math.round(e.at_ms % 1e6)).join(' '));
    console.log(eventsOf(scene.simulation.journal, 'finished').map(e => Math.round(e.at_ms % 1e6)).join(' '));
    expect(brokenPromises(await readRun(scene.bucket, 'run'), ['caption'])).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBe(0);
    expect(doubtfulIntents(await readLog(scene.bucket, 'run', 'caption/0'))).toBe(0);
    await second.stop();
    expect([first, second].filter(({ pid }) => isAlive(pid))).toEqual([]);
  });

  test('that cannot reach Temporal, goes on, and comes back as a stranger', { timeout: LIMIT_MS }, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { simulated: { caption: SLOW } });
    const { bucket, simulation } = scene;
    await putTiles(bucket, 100);
    const wire = await startTcpProxy(sharedServers().temporal.address);
    context.onTestFinished(() => wire.close());
    const lost = await scene.worker({ TEMPORAL_ADDRESS: wire.address, TILESCRIBE_SLICE_SECONDS: '40' });
    const spec = await scene.file('run.json', specOf(scene, { tasks: CAPTION }));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await untilAccepted(scene, 12);
    wire.cut();
    await scene.worker();
    const log = () => readLog(bucket, 'run', 'caption/0');
    await until(async () => (await log()).filter(({ head }) => head.kind === 'takeover').length > 1);
    await sleep(1_000);
    wire.mend();
    expect(await run.ended).toMatchObject({ exitCode: 0 });

    expect(brokenPromises(await readRun(bucket, 'run'), ['caption'])).toEqual([]);
    const written = await log();
    expect(written.map(({ n }) => n)).toEqual(written.map((_, at) => at + 1));
    const writers = written.map(({ head }) => head.nonce).filter((nonce, at, all) => nonce !== all[at - 1]);
    expect(writers).toEqual([...new Set(writers)]);
    expect(extraJobs(simulation.journal)).toBeLessThanOrEqual(doubtfulIntents(written));
    expect(mostInFlight(simulation.journal)).toBeLessThanOrEqual(ADMITTED);
    expect(Math.max(...Object.values(peaks(simulation.journal, ADMITTED)))).toBeLessThanOrEqual(2);
    await lost.stop();
    expect(await lost.exited).toBe(0);
  });
});

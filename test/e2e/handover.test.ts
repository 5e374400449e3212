import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { isAlive } from '../support/alive.ts';
import { sharedServers } from '../support/servers.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { extraJobs } from './journal-reader.ts';
import { doubtfulIntents, readLog, type LogObject } from './log-reader.ts';
import { brokenPromises } from './promises.ts';
import { PROOF_MINUTES } from './proof-length.ts';
import { openScene, specOf, HASTY } from './scene.ts';
import { PATIENT } from './test-options.ts';
import { putTiles } from './tiles.ts';
import { until, untilAccepted } from './waiting.ts';

const CAPTION = [{ id: 'caption', kind: 'caption' }];
const SLOW = { latency: { meanSeconds: 1.5, sdSeconds: 0.4 } };

describe.concurrent('a run goes from one worker to another', () => {
  test('that is stopped politely, and without a job too many', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { simulated: { caption: SLOW } });
    await putTiles(scene.bucket, 40);
    const first = await scene.worker();
    const spec = await scene.file('run.json', specOf(scene, { tasks: CAPTION }));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    await untilAccepted(scene, 10);
    const [, second] = await Promise.all([first.stop(), scene.worker()]);
    expect(await first.exited).toBe(0);
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    expect(extraJobs(scene.simulation.journal)).toBe(0);
    expect(doubtfulIntents(await readLog(scene.bucket, 'run', 'caption/0'))).toBe(0);
    await second.stop();
    expect([first, second].filter(({ pid }) => isAlive(pid))).toEqual([]);
  });

  test('that cannot reach Temporal, goes on, and comes back as a stranger', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { simulated: { caption: SLOW }, configured: { caption: HASTY } });
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

    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    const written = await log();
    expect(written.map(({ n }) => n)).toEqual(written.map((_, at) => at + 1));
    const writers = written.map(({ head }) => head.nonce).filter((nonce, at, all) => nonce !== all[at - 1]);
    expect(writers).toEqual([...new Set(writers)]);
    expect(extraJobs(simulation.journal)).toBeLessThanOrEqual(doubtfulIntents(written));
    await lost.stop();
    expect(await lost.exited).toBe(0);
  });
});

/**
 * How long a worker is stopped: until another has taken over, and in the long form a minute. Temporal gives a stopped
 * worker tasks for as long as its questions for work are open, up to a minute; the short form closes them.
 */
const STOPPED = { leastMs: PROOF_MINUTES > 0 ? 60_000 : 0, tiles: PROOF_MINUTES > 0 ? 500 : 100, cut: PROOF_MINUTES === 0 };

const takeovers = (log: readonly LogObject[]): number => log.filter(({ head }) => head.kind === 'takeover').length;

describe.concurrent('a worker that is stopped and woken', () => {
  test('while another takes over: what it writes late changes nothing', PATIENT, async (context) => {
    const { expect } = context;
    const scene = await openScene(context.onTestFinished, { simulated: { caption: SLOW }, configured: { caption: HASTY } });
    const { bucket } = scene;
    await putTiles(bucket, STOPPED.tiles);
    const spec = await scene.file('run.json', specOf(scene, { tasks: [{ id: 'caption', kind: 'caption' }] }));
    const run = await scene.start(['run', spec, '--run-id', 'run']);
    const wire = await startTcpProxy(sharedServers().temporal.address);
    context.onTestFinished(() => wire.close());
    const zombie = await scene.worker({ TEMPORAL_ADDRESS: wire.address });
    await untilAccepted(scene, 12);
    const log = () => readLog(bucket, 'run', 'caption/0');
    process.kill(zombie.pid, 'SIGSTOP');
    if (STOPPED.cut) wire.cut();
    await Promise.all([scene.worker(), sleep(STOPPED.leastMs)]);
    await until(async () => takeovers(await log()) > 1);
    const before = await log();
    process.kill(zombie.pid, 'SIGCONT');
    wire.mend();
    expect(await run.ended).toMatchObject({ exitCode: 0 });

    expect(await brokenPromises(scene, { runs: { run: spec } })).toEqual([]);
    const written = await log();
    expect(written.map(({ n }) => n)).toEqual(written.map((_, at) => at + 1));
    const last = before.findLastIndex(({ head }) => head.kind === 'takeover');
    const lost = new Set(written.slice(0, last).map(({ head }) => head.nonce));
    expect(written.slice(last).filter(({ head }) => lost.has(head.nonce))).toEqual([]);
  });
});

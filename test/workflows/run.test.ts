import { describe, expect, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { worldOfThisFile } from './run-world.ts';
import { DONE, NO_RECORDS, slices, untilStopped } from './script.ts';

const here = worldOfThisFile();

const VQA = { service: 'vqa', strands: 1, tasks: 1 };
const CAPTION = { service: 'caption', strands: 1, tasks: 1 };

describe.concurrent('a run', () => {
  it('is opened, enumerated, worked slice by slice, merged and finalized once; its result is its status', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [{ inFlight: 3, tallies: { ...NO_RECORDS, ok: 1 } }, DONE] }),
    });
    expect(await run.result()).toMatchObject({
      run_id: run.id,
      state: 'complete',
      inputs: 2,
      expected: 2,
      ok: 2,
      in_flight: 0,
      ranges: { done: 1, total: 1 },
      output: `s3://out/eval/run=${run.id}/`,
    });
    expect(run.titles()).toEqual([
      'openRun',
      'enumerate',
      'harvest',
      'advance vqa/0 work',
      'advance vqa/0 work',
      'merge 0',
      'finalize',
    ]);
    expect(run.advances().map(({ slice, turn, resumed, untilMs }) => ({ slice, turn, resumed, untilMs }))).toEqual([
      { slice: 0, turn: 1, resumed: false, untilMs: null },
      { slice: 1, turn: 2, resumed: false, untilMs: null },
    ]);
  });

  it('is opened with the spec as it was written and its own start time', async () => {
    const run = await here.world.start({});
    await run.result();
    const { startTime } = await run.handle.describe();
    expect(run.calls[0]?.args).toEqual({ spec: { dataset: 'eval' }, runId: run.id, startedAt: startTime.toISOString() });
  });

  it('works every lane in a loop of its own and merges a range once all of them have passed it', async () => {
    const captions = gate();
    const run = await here.world.start({
      openRun: () => ({ lanes: [VQA, CAPTION], tasks: 2 }),
      enumerate: () => ({ inputs: 4, ranges: 2 }),
      advance: slices({
        vqa: [{ passed: 1 }, { passed: 2, done: true }],
        caption: [() => captions.opened.then(() => ({ passed: 1 })), untilStopped(), { passed: 2, done: true }],
      }),
    });
    await run.begins('advance vqa/0 work', 2);
    await run.becomes({ state: 'running' });
    expect(run.titles()).not.toContain('merge 0');
    captions.open();
    await run.begins('merge 0');
    await run.becomes({ ranges: { done: 1, total: 2 } });
    await run.pause();
    await run.begins('advance caption/0 collect');
    await run.result();
    expect(run.titles().slice(-2)).toEqual(['merge 1', 'finalize']);
    const merged = run.calls.find(({ name }) => name === 'merge');
    expect(merged?.args).toMatchObject({ range: 0, partial: false });
  });

  it('gives each strand of a lane its own ranges and tells a merge where the logs of their owners end', async () => {
    const run = await here.world.start({
      openRun: () => ({ lanes: [{ ...VQA, strands: 2 }] }),
      enumerate: () => ({ inputs: 3, ranges: 3 }),
      advance: slices({
        'vqa/0': [{ passed: 1 }, { passed: 2, done: true }],
        'vqa/1': [{ passed: 1, done: true, slice: 9 }],
      }),
    });
    await run.result();
    expect(run.titles().filter((title) => title.startsWith('advance vqa/0'))).toHaveLength(2);
    expect(run.titles().filter((title) => title.startsWith('advance vqa/1'))).toHaveLength(1);
    const merges = run.calls.flatMap(({ name, args }) => (name === 'merge' ? [args] : []));
    expect(merges).toMatchObject([
      { range: 0, ends: [{ lane: 'vqa', strand: 0 }], partial: false },
      { range: 1, ends: [{ lane: 'vqa', strand: 1, n: 9 }], partial: false },
      { range: 2, ends: [{ lane: 'vqa', strand: 0, n: 2 }], partial: false },
    ]);
  });

  it('says how it stands at every stage', async () => {
    const [opened, enumerated, merged, finalized] = [gate(), gate(), gate(), gate()];
    const run = await here.world.start({
      openRun: () => opened.opened.then(() => ({})),
      enumerate: () => enumerated.opened.then(() => ({})),
      advance: slices({
        vqa: [
          { inFlight: 3, held: 4, waiting: true, tallies: { ...NO_RECORDS, ok: 1 }, reason: 'vqa is slow' },
          untilStopped(DONE),
        ],
      }),
      merge: () => merged.opened.then(() => ({})),
      finalize: () => finalized.opened.then(() => ({})),
    });
    expect(await run.status()).toMatchObject({ state: 'enumerating', inputs: 0, expected: 0, output: null });
    opened.open();
    await run.begins('enumerate');
    expect(await run.status()).toMatchObject({ state: 'enumerating', output: `s3://out/eval/run=${run.id}/` });
    enumerated.open();
    await run.begins('advance vqa/0 work', 2);
    expect(await run.status()).toMatchObject({
      state: 'running',
      reason: 'vqa is slow',
      expected: 2,
      ok: 1,
      in_flight: 3,
      rate_per_s: null,
      ranges: { done: 0, total: 1 },
      budget: { held: 4, waiting_for: 'vqa' },
    });
    await run.pause();
    await run.begins('merge 0');
    await run.resume();
    merged.open();
    await run.begins('finalize');
    expect(await run.status()).toMatchObject({ state: 'running', ranges: { done: 1, total: 1 }, in_flight: 0 });
    finalized.open();
    await run.result();
    expect(await run.status()).toMatchObject({ state: 'complete', ok: 2 });
  });

  it('tells people how it stands in the current details of the workflow', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [{ tallies: { ...NO_RECORDS, ok: 1 }, inFlight: 1 }, untilStopped(DONE)] }),
    });
    await run.begins('advance vqa/0 work', 2);
    const metadata = await run.handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('**running** 50 % of 2 (1 ok, 0 failed, 0 skipped, 1 in flight)');
    await run.pause();
    await run.result();
  });

  it('waits for a worker that opens it for as long as it takes; only attempts are counted', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [DONE] }) });
    await run.result();
    const { events } = await run.handle.fetchHistory();
    const scheduled = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: one }) => (one ? [one] : []));
    const opening = scheduled.find(({ activityType }) => activityType?.name === 'openRun');
    expect(opening?.retryPolicy).toMatchObject({ maximumAttempts: 10 });
    const most = scheduled.map(({ scheduleToCloseTimeout: whole, scheduleToStartTimeout: wait }) => [whole, wait]);
    expect(most.flat().every((limit) => Number(limit?.seconds ?? 0) === 0)).toBe(true);
  });

  it('asks with the priority of this start, whatever that of the first one was', async () => {
    const run = await here.world.start({ openRun: () => ({ priority: 'backfill' }), advance: slices({ vqa: [DONE] }) });
    await run.result();
    expect(run.advances()).toMatchObject([{ priority: 'backfill' }]);
  });

  it('sleeps on a durable timer while nothing is due', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [{ waitMs: 40 }, DONE] }) });
    await run.result();
    const { events } = await run.handle.fetchHistory();
    const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => (timer ? [timer] : []));
    expect(timers).toHaveLength(1);
    expect(timers[0]?.startToFireTimeout).toMatchObject({ nanos: 40_000_000 });
  });

  it('wakes from its timer where an order comes', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [{ waitMs: 3_600_000, inFlight: 1 }, {}, DONE] }) });
    await run.begins('advance vqa/0 work');
    await run.becomes({ in_flight: 1 });
    await run.pause();
    await run.begins('advance vqa/0 collect');
    await run.resume();
    await run.result();
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'work']);
  });

  it('that lost a worker in the middle of a slice goes on with the next attempt', async () => {
    const run = await here.world.start({
      advance: (_args, { attempt }) => {
        if (attempt < 2) throw new Error('the worker is shutting down');
        return DONE;
      },
    });
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(run.advances()).toHaveLength(2);
  });
});

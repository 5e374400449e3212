import { expect, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { executionsOf, worldOfThisFile } from './run-world.ts';
import { DONE, FAILURES, NO_RECORDS, slices, type Script, type Step } from './script.ts';

const here = worldOfThisFile();

/** Fewer events than a few slices make. */
const SOON = 40;
const FOR_EVER_MS = 3_600_000;
const VQA = { service: 'vqa', strands: 1, tasks: 1 };
const CAPTION = { service: 'caption', strands: 1, tasks: 1 };

/** @returns a lane that goes on until its workflow has continued as new, and then as `after` says. */
function untilContinued(after: readonly Step[]): NonNullable<Script['advance']> {
  const first = new Map<string, number>();
  const rest = slices({ vqa: after });
  return (args, told) => {
    const execution = first.get(args.lane) ?? args.execution;
    first.set(args.lane, execution);
    return args.execution === execution ? { inFlight: 1, tallies: { ...NO_RECORDS, ok: 1 } } : rest(args, told);
  };
}

it.concurrent('a run continues as new with nothing running, and goes on from where it was', async () => {
  const run = await here.world.start({
    openRun: () => ({ historyEvents: SOON }),
    advance: untilContinued([{ inFlight: 1 }, DONE]),
  });
  expect(await run.result()).toMatchObject({ state: 'complete', ok: 2 });
  const [before, after, ...more] = await executionsOf(here.world.client, run.id);
  expect(more).toEqual([]);
  const kinds = (before?.events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
  const ended = (before?.events ?? []).filter((event) => event.activityTaskCompletedEventAttributes).length;
  expect(ended).toBe(kinds);
  expect(after?.events?.length).toBeGreaterThan(0);
  expect(run.titles().filter((title) => !title.startsWith('advance'))).toEqual([
    'openRun',
    'enumerate',
    'harvest',
    'merge 0',
    'finalize',
  ]);
  const advances = run.advances();
  expect(advances.map(({ turn }) => turn)).toEqual(advances.map((_, at) => at + 1));
  expect(advances.map(({ slice }) => slice)).toEqual(advances.map((_, at) => at));
  expect(new Set(advances.map(({ execution }) => execution)).size).toBe(2);
  expect(advances.some(({ untilMs }) => untilMs !== null)).toBe(true);
});

it.concurrent('a lane that sleeps does not hold that up', async () => {
  const vqa = untilContinued([DONE]);
  const captionRests = gate();
  const run = await here.world.start({
    openRun: () => ({ lanes: [VQA, CAPTION], tasks: 2, historyEvents: SOON }),
    advance: async (args, told) => {
      if (args.lane === 'caption') captionRests.open();
      else await captionRests.opened;
      if (args.lane === 'vqa') return vqa(args, told);
      return args.slice === 0 ? { waitMs: FOR_EVER_MS } : DONE;
    },
  });
  expect(await run.result()).toMatchObject({ state: 'complete' });
  expect(run.advances().filter(({ lane }) => lane === 'caption')).toHaveLength(2);
});

it.concurrent('pause, resume and halts are kept through it', async () => {
  const vqa = untilContinued([DONE]);
  const captionRests = gate();
  const run = await here.world.start({
    openRun: () => ({ lanes: [VQA, CAPTION], tasks: 2, historyEvents: SOON }),
    advance: async (args, told) => {
      if (args.mode === 'collect') captionRests.open();
      if (args.lane === 'caption') return args.resumed ? DONE : { halt: FAILURES };
      await captionRests.opened;
      return vqa(args, told);
    },
  });
  await run.becomes({ state: 'halted' });
  const captions = run.advances().filter(({ lane }) => lane === 'caption');
  expect(new Set(captions.map(({ execution }) => execution)).size).toBe(1);
  expect(new Set(run.advances().map(({ execution }) => execution)).size).toBe(2);
  await run.pause();
  await run.becomes({ state: 'paused' });
  await run.resume();
  expect(await run.result()).toMatchObject({ state: 'complete', halted_services: [] });
});

it.concurrent('no signal that is sent around it is lost', async () => {
  const run = await here.world.start({
    openRun: () => ({ historyEvents: SOON }),
    advance: ({ mode }) => (mode === 'abandon' ? DONE : { inFlight: mode === 'work' ? 1 : 0 }),
  });
  const executions = (): number => new Set(run.advances().map(({ execution }) => execution)).size;
  while (executions() < 2) {
    await run.pause();
    await run.becomes({ state: 'paused' });
    await run.resume();
    await run.becomes({ state: 'running' });
  }
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
});

it.concurrent('a run that is cancelled while it is about to continue as new is cancelled there', async () => {
  const run = await here.world.start({
    openRun: () => ({ historyEvents: SOON }),
    advance: ({ mode }) => (mode === 'abandon' ? DONE : { inFlight: mode === 'work' ? 1 : 0 }),
  });
  const closing = async (): Promise<boolean> => run.advances().some(({ untilMs }) => untilMs !== null);
  await expect.poll(closing, { interval: 5 }).toBe(true);
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(await executionsOf(here.world.client, run.id)).toHaveLength(1);
  expect(run.titles().slice(-3)).toEqual(['advance vqa/0 abandon', 'merge 0', 'finalize']);
});

it.concurrent('a slice that outlives the common end and ends its lane ends the run, every range merged', async () => {
  const slice = gate();
  const run = await here.world.start({
    openRun: () => ({ historyEvents: SOON }),
    advance: ({ untilMs }) => (untilMs === null ? { inFlight: 1 } : slice.opened.then(() => DONE)),
  });
  const fired = async (): Promise<boolean> =>
    ((await run.handle.fetchHistory()).events ?? []).some((event) => event.timerFiredEventAttributes);
  await expect.poll(fired).toBe(true);
  slice.open();
  expect(await run.result()).toMatchObject({ state: 'complete', ranges: { done: 1, total: 1 } });
  expect(await executionsOf(here.world.client, run.id)).toHaveLength(1);
});

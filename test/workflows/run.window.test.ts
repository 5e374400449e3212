import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { worldOfThisFile } from './run-world.ts';
import { CREDENTIALS, DONE, slices, untilStopped, type Step } from './script.ts';

const here = worldOfThisFile();

/** Enough for a run to ask its first slice, on any machine. */
const ENDS_IN_MS = 5_000;
const opened = () => ({ windowEndsMs: Date.now() + ENDS_IN_MS });

describe.concurrent('the window of a run', () => {
  it('is told to every slice, and a run that left something because of it is complete for what it did', async () => {
    const windowEndsMs = Date.now() + 3_600_000;
    const run = await here.world.start({
      openRun: () => ({ windowEndsMs }),
      enumerate: () => ({ ranges: 2 }),
      advance: slices({ vqa: [{ passed: 1 }, { done: true, cut: true, passed: 1 }] }),
    });
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(run.advances().every((args) => args.windowEndsMs === windowEndsMs)).toBe(true);
    const merges = run.calls.flatMap(({ name, args }) => (name === 'merge' ? [args] : []));
    expect(merges).toMatchObject([
      { range: 0, partial: false },
      { range: 1, partial: true },
    ]);
    expect(run.calls.at(-1)).toMatchObject({ name: 'finalize', args: { state: 'complete', cut: true } });
  });

  it('is not spoken of where there is none', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [DONE] }) });
    await run.result();
    expect(run.advances().every((args) => !('windowEndsMs' in args))).toBe(true);
    expect(run.calls.at(-1)?.args).not.toHaveProperty('cut');
  });

  it('ends a lane that is halted: its rest is left for the next run', async () => {
    const run = await here.world.start({
      openRun: opened,
      advance: slices({ vqa: [{ halt: CREDENTIALS, inFlight: 2 }, DONE] }),
    });
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'abandon']);
    expect(run.calls.at(-1)).toMatchObject({ args: { state: 'complete', cut: true } });
  });

  it('ends a run that is paused, and one that still asks, which collects first', async () => {
    const paused = await here.world.start({ openRun: opened, advance: slices({ vqa: [untilStopped({}), {}, DONE] }) });
    await paused.begins('advance vqa/0 work');
    expect(await paused.status()).toHaveProperty('window_ends_at');
    await paused.pause();
    expect(await paused.result()).toMatchObject({ state: 'complete' });
    const late = await here.world.start({
      openRun: opened,
      advance: slices({ vqa: [untilStopped({ inFlight: 1 }), {}, DONE] }),
    });
    expect(await late.result()).toMatchObject({ state: 'complete' });
    expect(late.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'abandon']);
  });

  it('that is over leaves a cancelled run cancelled', async () => {
    const untilOver: Step = async ({ windowEndsMs = 0 }) => {
      await sleep(Math.max(0, windowEndsMs + 500 - Date.now()));
      return {};
    };
    const vqa = [untilStopped({ inFlight: 1 }), untilOver, DONE];
    const run = await here.world.start({ openRun: opened, advance: slices({ vqa }) });
    await run.begins('advance vqa/0 work');
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(run.calls.at(-1)).toMatchObject({ args: { state: 'cancelled' } });
  });
});

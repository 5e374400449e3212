import { describe, expect, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { type ScriptedRun, worldOfThisFile } from './run-world.ts';
import { CREDENTIALS, DONE, dyingWhenStopped, NO_RECORDS, slices, untilStopped } from './script.ts';

const here = worldOfThisFile();

const FOR_EVER_MS = 3_600_000;

describe.concurrent('cancel', () => {
  const cancelled = async (run: ScriptedRun): Promise<void> => {
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    const { status } = await run.handle.describe();
    expect(status.name).toBe('CANCELLED');
    expect(run.calls.at(-1)).toMatchObject({ name: 'finalize', args: { runId: run.id, state: 'cancelled' } });
    expect(run.calls.every((call) => call.ended)).toBe(true);
  };

  it('collects what is in flight, names the rest, merges what there is and closes as cancelled after the manifest', async () => {
    const run = await here.world.start({
      enumerate: () => ({ ranges: 2 }),
      advance: slices({
        vqa: [
          { passed: 1 },
          untilStopped({ inFlight: 3, passed: 1 }),
          { inFlight: 2, passed: 1 },
          { passed: 1 },
          { ...DONE, passed: 1 },
        ],
      }),
    });
    await run.begins('merge 0');
    await run.begins('advance vqa/0 work', 2);
    await run.cancel();
    await run.begins('advance vqa/0 collect');
    expect(await run.status()).toMatchObject({ state: 'cancelling' });
    await cancelled(run);
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'work', 'collect', 'collect', 'abandon']);
    expect(
      run
        .advances()
        .filter(({ mode }) => mode === 'collect')
        .every(({ untilMs }) => untilMs !== null),
    ).toBe(true);
    const merges = run.calls.flatMap(({ name, args }) => (name === 'merge' ? [args] : []));
    expect(merges).toMatchObject([
      { range: 0, partial: false },
      { range: 1, partial: true, ends: [{ lane: 'vqa', strand: 0, n: 5 }] },
    ]);
    expect(await run.status()).toMatchObject({ state: 'cancelled' });
  });

  it('collects, before it names the rest, also where the interrupted slice dies instead of ending', async () => {
    const steps = [dyingWhenStopped(), { inFlight: 1 }, { inFlight: 0 }, DONE];
    const run = await here.world.start({ advance: slices({ vqa: steps }) });
    await run.begins('advance vqa/0 work');
    await run.cancel();
    await cancelled(run);
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'collect', 'abandon']);
  });

  it('wakes a loop that sleeps', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [{ waitMs: FOR_EVER_MS, inFlight: 1 }, {}, DONE] }) });
    await run.becomes({ in_flight: 1 });
    await run.cancel();
    await cancelled(run);
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'abandon']);
  });

  it('while the input is looked through ends that and names no tile', async () => {
    const run = await here.world.start({
      enumerate: (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      finalize: () => ({ inputs: 0, expected: 0, ok: 0 }),
    });
    await run.begins('enumerate');
    await run.cancel();
    await cancelled(run);
    expect(run.titles()).toEqual(['openRun', 'enumerate', 'finalize']);
    expect(await run.status()).toMatchObject({ state: 'cancelled', expected: 0 });
  });

  it('before the run is opened looks at no input', async () => {
    const opened = gate();
    const run = await here.world.start({ openRun: () => opened.opened.then(() => ({})) });
    await run.begins('openRun');
    await run.cancel();
    await run.becomes({ state: 'cancelling' });
    opened.open();
    await cancelled(run);
    expect(run.titles()).toEqual(['openRun', 'finalize']);
  });

  it('just after the input was frozen names every tile of it', async () => {
    const enumerated = gate();
    const run = await here.world.start({ enumerate: () => enumerated.opened.then(() => ({})) });
    await run.begins('enumerate');
    await run.cancel();
    await run.becomes({ state: 'cancelling' });
    enumerated.open();
    await cancelled(run);
    expect(run.titles()).toEqual(['openRun', 'enumerate', 'advance vqa/0 abandon', 'merge 0', 'finalize']);
  });

  it('while closed runs are looked through ends that, and names every tile', async () => {
    const run = await here.world.start({
      harvest: (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    await run.begins('harvest');
    await run.cancel();
    await cancelled(run);
    expect(run.titles()).toEqual(['openRun', 'enumerate', 'harvest', 'advance vqa/0 abandon', 'merge 0', 'finalize']);
  });

  it('of a paused run abandons what it has collected already', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [untilStopped({ inFlight: 1, tallies: { ...NO_RECORDS, ok: 1 } }), { inFlight: 0 }, DONE] }),
    });
    await run.begins('advance vqa/0 work');
    await run.pause();
    await run.begins('advance vqa/0 collect');
    await run.becomes({ state: 'paused', in_flight: 0 });
    await run.cancel();
    await cancelled(run);
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'abandon']);
  });

  it('of a halted run collects nothing', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [{ halt: CREDENTIALS, inFlight: 5 }, DONE] }) });
    await run.becomes({ state: 'halted' });
    await run.cancel();
    await cancelled(run);
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'abandon']);
  });
});

import { describe, expect, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { worldOfThisFile } from './run-world.ts';
import { CREDENTIALS, DONE, dyingWhenStopped, FAILURES, slices, untilStopped } from './script.ts';

const here = worldOfThisFile();

const VQA = { service: 'vqa', strands: 1, tasks: 1 };
const CAPTION = { service: 'caption', strands: 1, tasks: 1 };

describe.concurrent('pause', () => {
  it('ends the slice that works, collects until nothing is in flight, and rests until it is resumed', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [untilStopped({ inFlight: 2 }), { inFlight: 1 }, { inFlight: 0 }, DONE] }),
    });
    await run.begins('advance vqa/0 work');
    await run.pause();
    await run.begins('advance vqa/0 collect', 2);
    await run.becomes({ state: 'paused', in_flight: 0 });
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'collect']);
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(run.advances().map(({ mode, slice, resumed }) => [mode, slice, resumed])).toEqual([
      ['work', 0, false],
      ['collect', 1, false],
      ['collect', 2, false],
      ['work', 3, false],
    ]);
  });

  it('gives the lease back where nothing was in flight', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [untilStopped({ held: 4 }), { held: 0 }, DONE] }) });
    await run.begins('advance vqa/0 work');
    await run.pause();
    await run.begins('advance vqa/0 collect');
    await run.becomes({ state: 'paused', budget: { held: 0, waiting_for: null } });
    await run.resume();
    await run.result();
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'work']);
  });

  it('before the input is known lets nothing begin', async () => {
    const enumerated = gate();
    const run = await here.world.start({ enumerate: () => enumerated.opened.then(() => ({})) });
    await run.begins('enumerate');
    await run.pause();
    enumerated.open();
    await run.becomes({ state: 'paused', inputs: 2 });
    expect(run.titles()).toEqual(['openRun', 'enumerate', 'harvest']);
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete' });
  });

  it('collects what the interrupted slice left, also where that dies instead of ending', async () => {
    const steps = [dyingWhenStopped(), { inFlight: 2 }, { inFlight: 0 }, DONE];
    const run = await here.world.start({ advance: slices({ vqa: steps }) });
    await run.begins('advance vqa/0 work');
    await run.pause();
    await run.begins('advance vqa/0 collect', 2);
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'collect', 'work']);
  });

  it('is heard where it comes while a slice ends that would rather sleep', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [untilStopped({ inFlight: 1, waitMs: 3_600_000 }), { inFlight: 0 }, DONE] }),
    });
    await run.begins('advance vqa/0 work');
    await run.pause();
    await run.begins('advance vqa/0 collect');
    await run.becomes({ state: 'paused', in_flight: 0 });
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete' });
  });

  it('is over at once when it is resumed while it collects', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [untilStopped({ inFlight: 2 }), untilStopped({ inFlight: 2 }), DONE] }),
    });
    await run.begins('advance vqa/0 work');
    await run.pause();
    await run.begins('advance vqa/0 collect');
    await run.resume();
    await run.result();
    expect(run.advances().map(({ mode }) => mode)).toEqual(['work', 'collect', 'work']);
  });
});

describe.concurrent('a halted lane', () => {
  it('lets the others go on; once nothing else can, the run is halted until it is resumed', async () => {
    const captions = gate();
    const run = await here.world.start({
      openRun: () => ({ lanes: [VQA, CAPTION], tasks: 2 }),
      advance: slices({
        vqa: [{ halt: FAILURES, inFlight: 1 }, { inFlight: 0 }, DONE],
        caption: [{ inFlight: 1 }, () => captions.opened.then(() => DONE)],
      }),
    });
    await run.begins('advance vqa/0 collect');
    const halted = [{ service: 'vqa', code: 'failures', message: FAILURES.message, action: FAILURES.action }] as const;
    await run.becomes({ state: 'running', reason: `vqa: ${FAILURES.message}`, halted_services: halted });
    captions.open();
    await run.becomes({ state: 'halted', halted_services: halted, in_flight: 0 });
    expect(run.titles().filter((title) => title.startsWith('advance vqa'))).toEqual([
      'advance vqa/0 work',
      'advance vqa/0 collect',
    ]);
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete', halted_services: [], reason: null });
    const vqa = run.advances().filter(({ lane }) => lane === 'vqa');
    expect(vqa.map(({ mode, resumed }) => [mode, resumed])).toEqual([
      ['work', false],
      ['collect', false],
      ['work', true],
    ]);
  });

  it('that cannot even be polled is not collected', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [{ halt: CREDENTIALS, inFlight: 5 }, DONE] }) });
    await run.becomes({ state: 'halted', in_flight: 5 });
    await run.resume();
    await run.result();
    expect(run.advances().map(({ mode, resumed }) => [mode, resumed])).toEqual([
      ['work', false],
      ['work', true],
    ]);
  });

  it('may halt again after it was resumed', async () => {
    const run = await here.world.start({
      advance: slices({ vqa: [{ halt: CREDENTIALS }, { halt: FAILURES }, { inFlight: 0 }, DONE] }),
    });
    await run.becomes({ state: 'halted', reason: `vqa: ${CREDENTIALS.message}` });
    await run.resume();
    await run.becomes({ state: 'halted', reason: `vqa: ${FAILURES.message}` });
    await run.begins('advance vqa/0 collect');
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete' });
  });

  it('stops all of its strands, whichever has seen the reason', async () => {
    const run = await here.world.start({
      openRun: () => ({ lanes: [{ ...VQA, strands: 2 }] }),
      enumerate: () => ({ ranges: 2 }),
      advance: slices({
        'vqa/0': [untilStopped({ inFlight: 2 }), { inFlight: 0 }, DONE],
        'vqa/1': [{ halt: FAILURES }, { inFlight: 0 }, DONE],
      }),
    });
    await Promise.all([run.begins('advance vqa/0 collect'), run.begins('advance vqa/1 collect')]);
    await run.becomes({ state: 'halted', in_flight: 0 });
    await run.resume();
    expect(await run.result()).toMatchObject({ state: 'complete' });
    const resumed = run.advances().filter((args) => args.resumed);
    expect(new Set(resumed.map(({ strand }) => strand))).toEqual(new Set([0, 1]));
  });
});

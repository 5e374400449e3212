import { expect, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { worldOfThisFile } from './run-world.ts';
import { DONE, slices, untilStopped } from './script.ts';

/** Nothing is kept between workflow tasks: each of them replays the run from its first event. */
const here = worldOfThisFile({ maxCachedWorkflows: 0 });
/** A task that was handed to a worker as it left is handed out again after 10 s. */

it('a run that is replayed at every step comes to the same end', async () => {
  const run = await here.world.start({
    openRun: () => ({ lanes: [{ service: 'vqa', strands: 2, tasks: 1 }] }),
    enumerate: () => ({ ranges: 2 }),
    advance: slices({
      'vqa/0': [{ waitMs: 30 }, untilStopped({ inFlight: 1 }), { inFlight: 0 }, DONE],
      'vqa/1': [{ inFlight: 1 }, untilStopped({ inFlight: 1 }), { inFlight: 0 }, DONE],
    }),
  });
  await Promise.all([run.begins('advance vqa/0 work', 2), run.begins('advance vqa/1 work', 2)]);
  await run.pause();
  await run.becomes({ state: 'paused', in_flight: 0 });
  await run.resume();
  expect(await run.result()).toMatchObject({ state: 'complete', ranges: { done: 2, total: 2 } });
});

it('a run survives its worker in the middle of a slice', async () => {
  const slice = gate();
  const run = await here.world.start({ advance: slices({ vqa: [{ inFlight: 2 }, () => slice.opened.then(() => DONE)] }) });
  await run.begins('advance vqa/0 work', 2);
  await here.world.replaceWorkflows();
  expect(await run.status()).toMatchObject({ state: 'running', in_flight: 2 });
  slice.open();
  expect(await run.result()).toMatchObject({ state: 'complete' });
  expect(run.titles().filter((title) => title === 'advance vqa/0 work')).toHaveLength(2);
});

import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { worldOfThisFile } from './run-world.ts';
import { DONE, NO_RECORDS, slices, untilStopped } from './script.ts';

const here = worldOfThisFile();

it('a run is opened, enumerated, worked, merged and finalized once, and its result is its status', async () => {
  const run = await here.world.start({
    advance: slices({ vqa: [{ inFlight: 3, tallies: { ...NO_RECORDS, ok: 1 } }, { ...DONE, tallies: { ...NO_RECORDS, ok: 2 } }] }),
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
  expect(run.titles()).toEqual(['openRun', 'enumerate', 'advance vqa/0 work', 'advance vqa/0 work', 'merge 0', 'finalize']);
  expect(run.advances().map(({ slice, turn, resumed, untilMs }) => ({ slice, turn, resumed, untilMs }))).toEqual([
    { slice: 0, turn: 1, resumed: false, untilMs: null },
    { slice: 1, turn: 2, resumed: false, untilMs: null },
  ]);
});

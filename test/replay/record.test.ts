import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { BUDGET_WORKFLOW_ID, SEARCH_ATTRIBUTES } from '../../domain/temporal-names.ts';
import { leaseReport } from '../contracts/lease-desk.ts';
import { openBudgetWorld } from '../workflows/budget-world.ts';
import { executionsOf, type RunWorld, worldOfThisFile } from '../workflows/run-world.ts';
import { DONE, FAILURES, NO_RECORDS, slices, untilStopped } from '../workflows/script.ts';
import { keepHistory } from './histories.ts';

const VQA = { service: 'vqa', strands: 2, tasks: 1 };
const CAPTION = { service: 'caption', strands: 1, tasks: 1 };
const SOME = { ...NO_RECORDS, ok: 1 };
/** Fewer events than a few slices make. */
const SOON = 40;

async function keep(client: Client, workflowId: string): Promise<void> {
  const histories = await executionsOf(client, workflowId);
  for (const [at, history] of histories.entries()) {
    keepHistory({ release: packageJson.version, workflowId, n: at + 1 }, historyToJSON(history));
  }
}

async function recordPausedAndHalted(world: RunWorld): Promise<void> {
  const run = await world.start(
    {
      openRun: () => ({ lanes: [VQA, CAPTION], tasks: 2, searchAttributes: true }),
      enumerate: () => ({ inputs: 3, ranges: 3 }),
      advance: slices({
        'vqa/0': [{ waitMs: 30, tallies: SOME }, untilStopped({ inFlight: 1, passed: 1 }), {}, { ...DONE, passed: 2 }],
        'vqa/1': [untilStopped({ inFlight: 2 }), { inFlight: 0 }, DONE],
        caption: [{ passed: 1 }, { halt: FAILURES, inFlight: 1, passed: 1 }, { passed: 1 }, { ...DONE, passed: 3 }],
      }),
    },
    'night-paused',
  );
  await Promise.all([run.begins('advance vqa/0 work', 2), run.begins('advance caption/0 collect')]);
  await run.pause();
  await Promise.all([run.begins('advance vqa/0 collect'), run.begins('advance vqa/1 collect')]);
  await run.becomes({ state: 'paused', in_flight: 0 });
  await run.resume();
  expect(await run.result()).toMatchObject({ state: 'complete' });
  await keep(world.client, run.id);
}

async function recordContinued(world: RunWorld): Promise<void> {
  const run = await world.start(
    {
      openRun: () => ({ historyEvents: SOON }),
      advance: ({ execution, mode }) => {
        first ??= execution;
        return execution === first && mode === 'work' ? { inFlight: 1, waitMs: 100 } : DONE;
      },
    },
    'night-continued',
  );
  let first: number | undefined;
  expect(await run.result()).toMatchObject({ state: 'complete' });
  await keep(world.client, run.id);
}

async function recordCancelled(world: RunWorld): Promise<void> {
  const steps = [untilStopped({ inFlight: 2 }), { inFlight: 1, waitMs: 20 }, { inFlight: 0 }, DONE];
  const run = await world.start({ advance: slices({ vqa: steps }) }, 'night-cancelled');
  await run.begins('advance vqa/0 work');
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  await keep(world.client, run.id);
}

async function recordBudget(): Promise<void> {
  const world = await openBudgetWorld({ identity: 'worker' });
  try {
    const holders = ['night/vqa/0', 'night/vqa/1', 'day/vqa/0'];
    for (let seq = 1; seq <= 3; seq += 1) {
      await Promise.all(holders.map((holder) => world.desk.report(leaseReport({ holder, service: 'vqa', seq }))));
    }
    await world.desk.report(leaseReport({ holder: 'day/vqa/0', service: 'vqa', seq: 2 }));
    for (const holder of holders) await world.desk.report(leaseReport({ holder, service: 'vqa', seq: 4, release: true }));
    await keep(world.client, BUDGET_WORKFLOW_ID);
  } finally {
    await world.close();
  }
}

/** `RECORD_HISTORIES=1 npx vitest run test/replay/record` writes what this release's workflows do next to the others. */
describe.runIf(process.env['RECORD_HISTORIES'] === '1')('histories of this release', () => {
  const here = worldOfThisFile({ searchAttributes: Object.values(SEARCH_ATTRIBUTES), identity: 'worker' });

  it('of a run that is paused, resumed and halted', () => recordPausedAndHalted(here.world));
  it('of a run that continues as new', () => recordContinued(here.world));
  it('of a run that is cancelled', () => recordCancelled(here.world));
  it('of the budget', () => recordBudget());
});

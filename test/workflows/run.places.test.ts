import { describe, expect, it } from 'vitest';
import { isCalled } from '../../domain/calls.ts';
import { BUDGET_CALLS_MEMO, BUDGET_WORKFLOW_ID, PLACES_SIGNAL } from '../../domain/temporal-names.ts';
import { leaseReport } from '../contracts/lease-desk.ts';
import { createLeaseDesk } from '../../adapters/temporal/lease-desk.ts';
import { worldOfThisFile } from './run-world.ts';
import { DONE, slices } from './script.ts';

const here = worldOfThisFile();
const HOUR_MS = 3_600_000;
const WAITS = { waiting: true, waitMs: HOUR_MS } as const;

describe.concurrent('a strand that rests until there are places', () => {
  it('begins its next slice as soon as there are some', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [WAITS, DONE] }) });
    await run.begins('advance vqa/0 work');
    await expect.poll(async () => (await run.status()).budget.waiting_for).not.toBeNull();
    await run.handle.signal(PLACES_SIGNAL);
    expect(await run.result()).toMatchObject({ state: 'complete' });
  });

  it('is woken alone: who rests until something of its own is due rests on', async () => {
    const lanes = ['caption', 'vqa'].map((service) => ({ service, strands: 1, tasks: 1 }));
    const advance = slices({ caption: [{ waitMs: HOUR_MS, inFlight: 1 }, DONE], vqa: [WAITS, DONE] });
    const run = await here.world.start({ openRun: () => ({ lanes, tasks: 2 }), advance });
    await run.begins('advance caption/0 work');
    await expect.poll(async () => (await run.status()).budget.waiting_for).not.toBeNull();
    await run.handle.signal(PLACES_SIGNAL);
    await run.begins('advance vqa/0 work', 2);
    expect(run.titles().filter((title) => title === 'advance caption/0 work')).toHaveLength(1);
    await run.cancel();
    await run.result().catch(() => undefined);
  });

  it('is woken by the budget when what it waits for is given back, though nobody asks', async () => {
    const { client } = here.world;
    const desk = createLeaseDesk(client);
    const run = await here.world.start({ advance: slices({ vqa: [WAITS, DONE] }) });
    await run.begins('advance vqa/0 work');
    const about = { service: 'vqa', seq: 1, want: { jobs: 8, http: 2 } };
    await desk.report(leaseReport({ ...about, holder: 'night', priority: 'nightly' }));
    const waits = await desk.report(leaseReport({ ...about, holder: 'late', run: run.id, priority: 'backfill' }));
    expect(waits).toMatchObject({ refused: 'waiting' });
    expect(waits.retryAfterMs).toBeGreaterThan(9_000);
    await desk.report(leaseReport({ ...about, holder: 'night', priority: 'nightly', seq: 2, release: true }));
    expect(await run.result()).toMatchObject({ state: 'complete' });
    const { memo } = await client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe();
    const late = leaseReport({ ...about, holder: 'late' });
    expect(isCalled(memo?.[BUDGET_CALLS_MEMO] as Readonly<Record<string, string>>, late)).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BudgetStatus } from '../../domain/budget-status.ts';
import type { LeaseReply } from '../../domain/lease.ts';
import { BUDGET_WORKFLOW_ID, STATUS_QUERY } from '../../domain/temporal-names.ts';
import { leaseDeskContract, leaseReport } from '../contracts/lease-desk.ts';
import { type BudgetWorld, openBudgetWorld } from './budget-world.ts';

leaseDeskContract('the budget in Temporal', () => openBudgetWorld());

const CALLERS = 8;
const REPORTS_EACH = 160;
const HOUR_MS = 3_600_000;

describe('the budget of a namespace', () => {
  let world: BudgetWorld;
  beforeAll(async () => {
    world = await openBudgetWorld();
  });
  afterAll(() => world.close());

  const status = (nowMs: number): Promise<BudgetStatus> =>
    world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).query<BudgetStatus, [number]>(STATUS_QUERY, nowMs);

  it('is started by the first report, and only once', async () => {
    await expect(world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe()).rejects.toThrow('not found');
    await world.desk.report(leaseReport({ holder: 'night/vqa/0', service: 'vqa', seq: 1 }));
    const first = await world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe();
    await world.desk.report(leaseReport({ holder: 'night/vqa/0', service: 'vqa', seq: 2 }));
    const { runId, type } = await world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe();
    expect({ runId, type }).toEqual({ runId: first.runId, type: 'tilescribeBudget' });
  });

  it('says who holds what until when, and what is orphaned as of the time of whoever asks', async () => {
    const now = Date.now();
    const ambiguous = [{ places: 2, untilMs: now + 3 * HOUR_MS }];
    await world.desk.report(leaseReport({ holder: 'night/caption/0', service: 'caption', seq: 1, inFlight: 3, ambiguous }));
    const [held] = (await status(now)).services;
    expect(held).toMatchObject({
      service: 'caption',
      ceiling: { jobs: 8, http: 8 },
      why: expect.stringContaining('8 inputs per container'),
      charged: 6,
      holders: [{ holder: 'night/caption/0', run: 'night', granted: { jobs: 4, http: 2 }, in_flight: 3, ambiguous: 2 }],
      orphans: [],
    });
    const later = await status(now + HOUR_MS / 2);
    expect(later.as_of).toBe(new Date(now + HOUR_MS / 2).toISOString());
    expect(later.services[0]).toMatchObject({
      holders: [],
      orphans: [
        { holder: 'night/caption/0', places: 4, reason: 'lease expired' },
        { holder: 'night/caption/0', places: 2, reason: 'lease expired' },
      ],
    });
    const over = await status(now + 5 * HOUR_MS);
    expect(over.services.flatMap(({ holders, orphans }) => [...holders, ...orphans])).toEqual([]);
    expect(over.gpus).toMatchObject({ cap: 100, held: 0 });
  });

  it('continues as new under load without losing a report or what it knows', async () => {
    const before = await world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe();
    const caller = async (at: number): Promise<LeaseReply[]> => {
      const replies: LeaseReply[] = [];
      for (let seq = 1; seq <= REPORTS_EACH; seq += 1) {
        const want = { jobs: 1, http: 1 };
        replies.push(
          await world.desk.report(leaseReport({ holder: `load/vqa/${at}`, service: 'load', want, seq, inFlight: seq })),
        );
      }
      return replies;
    };
    const replies = (await Promise.all(Array.from({ length: CALLERS }, (_, at) => caller(at)))).flat();
    expect(replies).toHaveLength(CALLERS * REPORTS_EACH);
    expect(replies.filter(({ refused }) => refused === 'stale')).toEqual([]);
    await expect
      .poll(async () => (await world.client.workflow.getHandle(BUDGET_WORKFLOW_ID).describe()).runId)
      .not.toBe(before.runId);
    const load = (await status(Date.now())).services.find(({ service }) => service === 'load');
    expect(load?.holders.map(({ in_flight }) => in_flight)).toEqual(Array.from({ length: CALLERS }, () => REPORTS_EACH));
    const stale = leaseReport({ holder: 'load/vqa/0', service: 'load', seq: REPORTS_EACH });
    expect((await world.desk.report(stale)).refused).toBe('stale');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BUDGET, settle, swept, type Budget } from '../../domain/budget.ts';
import { budgetStatus } from '../../domain/budget-status.ts';
import { BudgetWorld, LIMITS, SERVICES, type Act } from './budget-world.ts';
import { reportOf, START } from './lease-reports.ts';

const who = fc.nat({ max: 99 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take over' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'release' as const, 'find' as const, 'resend' as const), who }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      who,
      want: fc.nat({ max: 8 }),
      ttlMs: fc.integer({ min: 1_000, max: 200_000 }),
      fate: fc.constantFrom(
        'answered' as const,
        'answered' as const,
        'answered' as const,
        'reply lost' as const,
        'late' as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      who,
      jobs: fc.integer({ min: 1, max: 8 }),
      runsMs: fc.constantFrom(1_000, 60_000, 1_000_000),
      doubtful: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 20_000, 100_000, 400_000) }) },
);
const script = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.array(act, { maxLength: 120, size: 'max' }));

function heldHttp(budget: Budget, service: string, now: number): number {
  const { holders, orphans } = swept(budget, now);
  const living = Object.values(holders).filter((holder) => holder.service === service);
  const left = orphans.filter((orphan) => orphan.service === service && orphan.http.untilMs > now);
  return living.reduce((sum, { granted }) => sum + granted.http, 0) + left.reduce((sum, { http }) => sum + http.places, 0);
}

describe('the budget, whatever its holders go through', () => {
  it('never lets more jobs run at a service than the ceiling, seen or unseen', () => {
    fc.assert(
      fc.property(script, ([strands, acts]) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) {
          world.act(one);
          for (const service of SERVICES) expect(world.running(service)).toBeLessThanOrEqual(LIMITS.jobs);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('never charges or grants more than the ceiling of jobs and of HTTP', () => {
    fc.assert(
      fc.property(script, ([strands, acts]) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) {
          world.act(one);
          for (const { charged } of budgetStatus(world.budget, world.now).services)
            expect(charged).toBeLessThanOrEqual(LIMITS.jobs);
          for (const service of SERVICES) expect(heldHttp(world.budget, service, world.now)).toBeLessThanOrEqual(LIMITS.http);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('charges no less than what runs', () => {
    fc.assert(
      fc.property(script, ([strands, acts]) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) {
          world.act(one);
          const { services } = budgetStatus(world.budget, world.now);
          for (const service of SERVICES) {
            const charged = services.find((status) => status.service === service)?.charged ?? 0;
            expect(charged).toBeGreaterThanOrEqual(world.running(service));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses every report that it has already had, and is the same after it', () => {
    fc.assert(
      fc.property(script, fc.nat(), ([strands, acts], pick) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) world.act(one);
        const report = world.sent[pick % Math.max(1, world.sent.length)];
        fc.pre(report !== undefined && world.now - START < 300_000);
        const at = { now: world.now, roll: 0 };
        const { budget, reply } = settle(world.budget, report, at);
        expect(reply).toMatchObject({ refused: 'stale', granted: { jobs: 0, http: 0 } });
        expect(budget).toEqual(swept(world.budget, world.now));
      }),
    );
  });

  it('is plain JSON: what it says is the same after it was carried over', () => {
    fc.assert(
      fc.property(script, ([strands, acts]) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) world.act(one);
        const carried = JSON.parse(JSON.stringify(world.budget)) as Budget;
        expect(carried).toEqual(world.budget);
        const next = reportOf('caption/0', { n: 99, ceiling: LIMITS });
        const at = { now: world.now, roll: 0 };
        expect(settle(carried, next, at)).toEqual(settle(world.budget, next, at));
      }),
    );
  });

  it('gives no job place without an HTTP place, and never more than was wanted', () => {
    fc.assert(
      fc.property(script, fc.nat({ max: 9 }), fc.nat({ max: 9 }), ([strands, acts], jobs, http) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) world.act(one);
        const report = reportOf('new', { want: { jobs, http }, ceiling: LIMITS });
        const { granted } = settle(world.budget, report, { now: world.now, roll: 0 }).reply;
        expect(granted.jobs).toBeLessThanOrEqual(jobs);
        expect(granted.http).toBeLessThanOrEqual(http);
        expect(granted.http).toBeGreaterThanOrEqual(Math.min(1, granted.jobs));
      }),
    );
  });

  it('forgets in the end all who do not come back', () => {
    fc.assert(
      fc.property(script, ([strands, acts]) => {
        const world = new BudgetWorld(strands);
        for (const one of acts) world.act(one);
        const once = swept(world.budget, world.now + 500_000);
        expect(swept(once, world.now + 5_000_000)).toEqual(EMPTY_BUDGET);
      }),
    );
  });
});

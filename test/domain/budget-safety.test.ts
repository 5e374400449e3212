import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargesAt } from '../../domain/account.ts';
import { EMPTY_BUDGET, swept, type Budget } from '../../domain/budget.ts';
import { settle } from '../../domain/settle.ts';
import { acts, actsAndOrders, scene } from './budget-scenes.ts';
import { BudgetWorld } from './budget-world.ts';
import { reportOf, START } from './lease-reports.ts';
import type { Act, Scene } from './world-acts.ts';

/** More by hand: `TILESCRIBE_TEST_RUNS=10 npx vitest run test/domain/budget-safety`. */
const MORE = Number(process.env['TILESCRIBE_TEST_RUNS'] ?? 1);
const TIMEOUT_MS = 300_000 * MORE;

function lived(of: Scene, script: readonly Act[], each: (world: BudgetWorld) => void = () => undefined): BudgetWorld {
  const world = new BudgetWorld(of);
  for (const one of script) {
    world.act(one);
    each(world);
  }
  return world;
}

function runningAt(world: BudgetWorld, service: string): number {
  const strands = world.strands.filter((strand) => strand.service === service);
  return strands.flatMap(({ jobs }) => jobs).filter(({ ends }) => ends > world.now).length;
}

describe('the budget, whatever its holders go through', () => {
  it(
    'never lets the platform hold more GPUs than the cap',
    () => {
      fc.assert(
        fc.property(scene, acts, (of, script) => {
          expect(lived(of, script).journal.peakGpus).toBeLessThanOrEqual(of.gpus);
        }),
        { numRuns: 700 * MORE },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'never grants a GPU beyond the cap of the moment, whatever is set by hand meanwhile',
    () => {
      fc.assert(
        fc.property(scene, actsAndOrders, (of, script) => {
          expect(lived(of, script).trespasses).toEqual([]);
        }),
        { numRuns: 250 * MORE },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'charges no less than what runs',
    () => {
      fc.assert(
        fc.property(scene, actsAndOrders, (of, script) => {
          lived(of, script, (world) => {
            const budget = swept(world.budget, world.now);
            for (const service of Object.keys(of.services))
              expect(chargesAt(budget, service, world.now).jobs).toBeGreaterThanOrEqual(runningAt(world, service));
          });
        }),
        { numRuns: 150 * MORE },
      );
    },
    TIMEOUT_MS,
  );

  it('refuses every report that it has already had, and is the same after it', () => {
    fc.assert(
      fc.property(scene, acts, fc.nat(), (of, script, pick) => {
        const world = lived(of, script);
        const report = world.sent[pick % Math.max(1, world.sent.length)];
        fc.pre(report !== undefined && world.now - START < 200_000);
        const { budget, reply } = settle(world.budget, report, { now: world.now, roll: 0 });
        expect(reply).toMatchObject({ refused: 'stale', granted: { jobs: 0, http: 0 } });
        expect(budget).toEqual(swept(world.budget, world.now));
      }),
    );
  });

  it('is plain JSON: what it says is the same after it was carried over', () => {
    fc.assert(
      fc.property(scene, actsAndOrders, (of, script) => {
        const world = lived(of, script);
        const carried = JSON.parse(JSON.stringify(world.budget)) as Budget;
        expect(carried).toEqual(world.budget);
        const next = reportOf('caption/0', { n: 99, configured: world.configuredOf('caption') });
        const at = { now: world.now, roll: 0 };
        expect(settle(carried, next, at)).toEqual(settle(world.budget, next, at));
      }),
    );
  });

  it('gives no job place without an HTTP place, and never more than was wanted', () => {
    fc.assert(
      fc.property(scene, acts, fc.record({ jobs: fc.nat({ max: 40 }), http: fc.nat({ max: 9 }) }), (of, script, want) => {
        const world = lived(of, script);
        const report = reportOf('new', { want, configured: world.configuredOf('caption') });
        const { granted } = settle(world.budget, report, { now: world.now, roll: 0 }).reply;
        expect(granted.jobs).toBeLessThanOrEqual(want.jobs);
        expect(granted.http).toBeLessThanOrEqual(want.http);
        expect(granted.http).toBeGreaterThanOrEqual(Math.min(1, granted.jobs));
      }),
    );
  });

  it('forgets in the end all who do not come back, but not what workers said of their services', () => {
    fc.assert(
      fc.property(scene, acts, (of, script) => {
        const world = lived(of, script);
        const { accounts, holders, orphans, outsiders, departed } = swept(world.budget, world.now + 10_000_000);
        expect({ holders, orphans, outsiders, departed }).toEqual({
          holders: EMPTY_BUDGET.holders,
          orphans: EMPTY_BUDGET.orphans,
          outsiders: EMPTY_BUDGET.outsiders,
          departed: EMPTY_BUDGET.departed,
        });
        for (const { peaks } of Object.values(accounts)) expect(peaks).toEqual({ jobs: [], http: [] });
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { EMPTY_BUDGET } from '../../domain/budget.ts';
import { budgetStatus } from '../../domain/budget-status.ts';
import { CEILING, Desk, ORPHAN_MS, START } from './lease-reports.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

describe('the status of the budget', () => {
  it('says that nobody holds anything', () => {
    expect(budgetStatus(EMPTY_BUDGET, START)).toEqual({ as_of: iso(START), services: [] });
  });

  it('says who holds what until when, and who waits since when', () => {
    const desk = new Desk();
    desk.ask('out/run=a/caption/0', { run: 'a', ambiguous: [{ places: 2, untilMs: START + 60_000 }] });
    desk.pass(5_000);
    desk.ask('out/run=b/caption/0', { run: 'b', priority: 'nightly' });
    const [caption] = budgetStatus(desk.budget, desk.now).services;
    expect(caption).toMatchObject({
      service: 'caption',
      ceiling: { jobs: 16, http: 8 },
      why: CEILING.why,
      charged: 16,
      orphans: [],
    });
    expect(caption?.holders).toMatchObject([
      {
        holder: 'out/run=a/caption/0',
        run: 'a',
        priority: 'interactive',
        granted: { jobs: 14, http: 8 },
        in_flight: 0,
        ambiguous: 2,
        until: iso(START + 120_000),
        waiting_since: null,
      },
      { run: 'b', priority: 'nightly', granted: { jobs: 0, http: 0 }, ambiguous: 0, waiting_since: iso(START + 5_000) },
    ]);
  });

  it('names the lowest limit and its reason', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 1, http: 1 } });
    desk.ask('b', { want: { jobs: 1, http: 1 }, ceiling: { ...CEILING, jobs: 4, why: 'another file says 4' } });
    const [caption] = budgetStatus(desk.budget, desk.now).services;
    expect(caption).toMatchObject({ ceiling: { jobs: 4, http: 8 }, why: 'another file says 4' });
  });

  it('says which places nobody answers for, why, and until when', () => {
    const desk = new Desk();
    desk.ask('gone', { want: { jobs: 5, http: 1 }, ambiguous: [{ places: 4, untilMs: START + 900_000 }] });
    desk.pass(120_000);
    const [caption] = budgetStatus(desk.budget, desk.now).services;
    expect(caption?.charged).toBe(9);
    expect(caption?.holders).toEqual([]);
    expect(caption?.orphans).toEqual([
      { holder: 'gone', places: 5, until: iso(START + 120_000 + ORPHAN_MS), reason: 'lease expired' },
      { holder: 'gone', places: 4, until: iso(START + 900_000), reason: 'submits without an answer' },
    ]);
  });

  it('does not speak of a lease that ended without a place', () => {
    const desk = new Desk();
    desk.ask('probe', { want: { jobs: 0, http: 1 } });
    desk.pass(120_000);
    expect(budgetStatus(desk.budget, desk.now).services).toMatchObject([{ charged: 0, holders: [], orphans: [] }]);
  });

  it('forgets what is over at the moment that is asked about, not at the last report', () => {
    const desk = new Desk();
    desk.ask('a');
    expect(budgetStatus(desk.budget, START + 120_000 + ORPHAN_MS).services).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargesAt } from '../../domain/account.ts';
import type { Priority } from '../../domain/spec.ts';
import { configuredAs, Desk } from './lease-reports.ts';

const CONFIGURED = configuredAs({ inputsPerContainer: 72, httpInputs: 72 });
const PRIORITIES = ['interactive', 'nightly', 'backfill'] as const;
const HOUR_MS = 3_600_000;
const WANT = { jobs: 1_000, http: 24 };

/** Everybody reports and does at once what it is told. @returns what each is granted. */
function round(
  desk: Desk,
  holders: readonly { readonly name: string; readonly priority: Priority; readonly jobs: number }[],
): number[] {
  desk.pass(15_000);
  return holders.map(({ name, priority, jobs }) => desk.ask(name, { priority, want: { jobs, http: 4 } }).granted.jobs);
}

describe('holders of different priority', () => {
  it('have shares by weight once all have reported; a backfill has what they leave', () => {
    const desk = new Desk({ configured: CONFIGURED, want: WANT });
    expect(desk.ask('backfill', { priority: 'backfill' }).granted.jobs).toBe(72);
    for (let n = 0; n < 3; n += 1) for (const priority of PRIORITIES) desk.ask(priority, { priority });
    expect(PRIORITIES.map((name) => desk.budget.holders[name]?.granted.jobs)).toEqual([64, 8, 0]);
    desk.ask('interactive', { priority: 'interactive', want: { jobs: 6, http: 4 } });
    desk.ask('nightly', { priority: 'nightly', want: { jobs: 50, http: 4 } });
    expect(desk.ask('backfill', { priority: 'backfill' }).granted.jobs).toBe(16);
  });

  it('have all that a higher priority leaves, from the next report on', () => {
    const desk = new Desk({ configured: CONFIGURED, want: WANT });
    for (let n = 0; n < 3; n += 1) for (const priority of PRIORITIES) desk.ask(priority, { priority });
    desk.leave('interactive', { priority: 'interactive' });
    expect(desk.ask('nightly', { priority: 'nightly' }).granted.jobs).toBe(72);
    desk.leave('nightly', { priority: 'nightly' });
    expect(desk.ask('backfill', { priority: 'backfill' }).granted.jobs).toBe(72);
  });

  it('keep a place to collect with, also where others have all jobs', () => {
    const desk = new Desk({ configured: configuredAs({ inputsPerContainer: 8, httpInputs: 4 }) });
    desk.ask('backfill', { priority: 'backfill' });
    desk.ask('night', { priority: 'nightly' });
    expect(desk.ask('backfill', { priority: 'backfill', inFlight: 8 }).granted).toEqual({ jobs: 0, http: 1 });
    expect(desk.ask('night', { priority: 'nightly' }).granted).toEqual({ jobs: 0, http: 0 });
    expect(desk.ask('backfill', { priority: 'backfill', inFlight: 2 }).granted).toEqual({ jobs: 0, http: 1 });
    expect(desk.ask('night', { priority: 'nightly' }).granted).toEqual({ jobs: 6, http: 3 });
    expect(desk.ask('backfill', { priority: 'backfill', inFlight: 0 }).granted).toEqual({ jobs: 0, http: 0 });
    expect(desk.ask('night', { priority: 'nightly' }).granted).toEqual({ jobs: 8, http: 4 });
  });

  it('let a backfill have one place once it has given way for twelve hours, and take it back when nights end', () => {
    const desk = new Desk({ configured: CONFIGURED, want: WANT, ttlMs: 13 * HOUR_MS });
    for (const priority of PRIORITIES.slice(1)) desk.ask(priority, { priority });
    const backfill = (): number => desk.ask('backfill', { priority: 'backfill' }).granted.jobs;
    const night = (jobs = 1_000): number => desk.ask('nightly', { priority: 'nightly', want: { jobs, http: 4 } }).granted.jobs;
    desk.pass(12 * HOUR_MS - 1);
    expect([night(), backfill()]).toEqual([72, 0]);
    desk.pass(1);
    expect([night(), backfill()]).toEqual([71, 1]);
    desk.pass(HOUR_MS);
    expect([night(), backfill()]).toEqual([71, 1]);
    expect([night(10), backfill(), night(), backfill(), night()]).toEqual([10, 62, 10, 0, 72]);
  });

  const one = fc.record({ priority: fc.constantFrom(...PRIORITIES), jobs: fc.integer({ min: 1, max: 60 }) });
  const crowd = fc.array(one, { minLength: 1, maxLength: 16 });
  const rounds = (all: readonly { priority: Priority; jobs: number }[], places: number, count: number): number[][] => {
    const desk = new Desk({ configured: configuredAs({ inputsPerContainer: places, httpInputs: 64 }), ttlMs: 60_000 });
    const holders = all.map((claim, n) => ({ ...claim, name: `h${n}` }));
    return Array.from({ length: count }, () => round(desk, holders)).slice(4);
  };

  it('come to rest where a class has a place for each of its holders: who reports again is granted the same', () => {
    fc.assert(
      fc.property(crowd, fc.integer({ min: 16, max: 80 }), (all, places) => {
        const granted = rounds(all, places, 8);
        const [rested = []] = granted;
        const crowded = PRIORITIES.some((priority) => {
          const own = granted.map((now) => now.filter((_, n) => all[n]?.priority === priority));
          const most = Math.max(...own.map((now) => now.reduce((sum, jobs) => sum + jobs, 0)));
          return most > 0 && most < (own[0]?.length ?? 0);
        });
        if (crowded) return;
        for (const now of granted) expect(now).toEqual(rested);
        const wanted = all.reduce((sum, { jobs }) => sum + jobs, 0);
        expect(rested.reduce((sum, jobs) => sum + jobs, 0)).toBe(Math.min(places, wanted));
      }),
    );
  });

  it('all have their turn, but for a backfill that others leave nothing', () => {
    fc.assert(
      fc.property(crowd, fc.integer({ min: 2, max: 20 }), (all, places) => {
        const granted = rounds(all, places, 24);
        const served = all.map((_, n) => granted.reduce((sum, now) => sum + (now[n] ?? 0), 0));
        const night = all.some(({ priority }) => priority !== 'backfill');
        const due = served.filter((_, n) => !night || all[n]?.priority !== 'backfill');
        expect(Math.min(...due)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a holder whose service asked for less', () => {
  it('leaves what it does not use to nobody: the service asked all of them', () => {
    const desk = new Desk();
    desk.ask('a', { limit: 2 });
    desk.ask('b');
    desk.ask('a', { limit: 2 });
    expect(desk.ask('b').granted.jobs).toBe(8);
    desk.ask('a', { limit: null });
    expect([desk.ask('a').granted.jobs, desk.ask('b').granted.jobs]).toEqual([8, 8]);
    expect(chargesAt(desk.budget, 'caption', desk.now).jobs).toBe(16);
  });
});

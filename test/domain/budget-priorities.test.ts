import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargesAt } from '../../domain/account.ts';
import type { Priority } from '../../domain/spec.ts';
import { configuredAs, Desk } from './lease-reports.ts';

const CONFIGURED = configuredAs({ inputsPerContainer: 73, httpInputs: 73 });
const PRIORITIES = ['interactive', 'nightly', 'backfill'] as const;
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
  it('have shares by weight once all have reported, and none has nothing', () => {
    const desk = new Desk({ configured: CONFIGURED, want: WANT });
    expect(desk.ask('backfill', { priority: 'backfill' }).granted.jobs).toBe(73);
    for (let n = 0; n < 3; n += 1) for (const priority of PRIORITIES) desk.ask(priority, { priority });
    expect(PRIORITIES.map((name) => desk.budget.holders[name]?.granted.jobs)).toEqual([64, 8, 1]);
  });

  it('have all that a higher priority leaves, from the next report on', () => {
    const desk = new Desk({ configured: CONFIGURED, want: WANT });
    for (let n = 0; n < 3; n += 1) for (const priority of PRIORITIES) desk.ask(priority, { priority });
    desk.leave('interactive', { priority: 'interactive' });
    expect(desk.ask('nightly', { priority: 'nightly' }).granted.jobs).toBe(64);
    desk.leave('nightly', { priority: 'nightly' });
    expect(desk.ask('backfill', { priority: 'backfill' }).granted.jobs).toBe(73);
  });

  it('come to rest: who reports again and again is granted the same', () => {
    const one = fc.record({ priority: fc.constantFrom(...PRIORITIES), jobs: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 16 }), fc.integer({ min: 16, max: 80 }), (all, places) => {
        const desk = new Desk({ configured: configuredAs({ inputsPerContainer: places, httpInputs: 64 }), ttlMs: 60_000 });
        const holders = all.map((claim, n) => ({ ...claim, name: `h${n}` }));
        for (let n = 0; n < 4; n += 1) round(desk, holders);
        const rested = round(desk, holders);
        for (let n = 0; n < 3; n += 1) expect(round(desk, holders)).toEqual(rested);
        const wanted = all.reduce((sum, { jobs }) => sum + jobs, 0);
        expect(rested.reduce((sum, jobs) => sum + jobs, 0)).toBe(Math.min(places, wanted));
        expect(Math.min(...rested)).toBeGreaterThan(0);
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

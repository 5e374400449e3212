import { describe, expect, it } from 'vitest';
import { gpusNow } from '../../domain/account.ts';
import { gpusHeldNow, ordered } from '../../domain/budget.ts';
import { orderFault, type BudgetOrder } from '../../domain/figures.ts';
import type { LeaseReport } from '../../domain/lease.ts';
import { SETTLED_AFTER_MS } from '../../domain/turns.ts';
import { configuredAs, Desk, ORPHAN_MS, TTL_MS, WINDOW_MS } from './lease-reports.ts';

const WANT = { jobs: 10_000, http: 8 };
const set = (desk: Desk, order: BudgetOrder): void => void (desk.budget = ordered(desk.budget, order, desk.now));
const held = (desk: Desk): number => gpusHeldNow(desk.budget, desk.now);

/** A budget that has existed for longer than a window. */
function later(always: Partial<LeaseReport>): Desk {
  const desk = new Desk({ want: WANT, jobMs: 6_000, ttlMs: 3_600_000, ...always });
  desk.ask('probe', { service: 'ocr', want: { jobs: 0, http: 0 }, ttlMs: 1_000 });
  desk.pass(WINDOW_MS + 1);
  return desk;
}

/** And a service has had its turn for so long that it may have more than one container. */
function settled(always: Partial<LeaseReport>): Desk {
  const desk = later(always);
  desk.ask('a', { want: { jobs: 1, http: 1 } });
  desk.pass(SETTLED_AFTER_MS);
  return desk;
}

describe('workers whose files differ', () => {
  it('have the lower ceiling of all who live, and the longest deadlines', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 2, http: 1 } });
    const strict = configuredAs({ inputsPerContainer: 9, httpInputs: 3, requestSeconds: 400, timeoutSeconds: 60 });
    const { granted, ceiling } = desk.ask('b', { configured: strict });
    expect(granted).toEqual({ jobs: 7, http: 2 });
    expect(ceiling).toMatchObject({ jobs: 9, http: 3, orphanMs: ORPHAN_MS + 220_000, requestMs: 400_000 });
  });

  it('have the lower cap', () => {
    const desk = settled({ configured: configuredAs({}, 4) });
    expect(desk.ask('a').granted.jobs).toBe(64);
    desk.ask('b', { service: 'vqa', configured: configuredAs({}, 1) });
    expect(gpusNow(desk.budget)).toBe(1);
    expect(desk.ask('a').granted.jobs).toBe(16);
  });

  it('have the wider one again when nobody has spoken for the stricter for a slice and a while', () => {
    const desk = new Desk();
    desk.ask('b', { configured: configuredAs({ inputsPerContainer: 9 }) });
    expect(desk.ask('a').ceiling.jobs).toBe(9);
    desk.leave('b', { configured: configuredAs({ inputsPerContainer: 9 }) });
    desk.pass(149_999);
    expect(desk.ask('a').ceiling.jobs).toBe(9);
    desk.pass(1);
    expect(desk.ask('a').ceiling.jobs).toBe(16);
  });

  it('may count on a limit at the platform only where all of them know of it', () => {
    const desk = new Desk();
    desk.ask('a', { configured: configuredAs({ maxContainers: 1 }), want: { jobs: 1, http: 1 } });
    expect(desk.ask('b', { configured: configuredAs({ maxContainers: null }) }).ceiling.jobs).toBe(16);
    expect(new Desk({ configured: configuredAs({ maxContainers: 1 }) }).ask('a').ceiling.jobs).toBe(24);
  });

  it('are remembered as they were last, also when the last of them has died', () => {
    const desk = later({ configured: configuredAs({}, 2) });
    desk.ask('a', { want: { jobs: 16, http: 8 } });
    desk.leave('a');
    desk.pass(WINDOW_MS);
    const strict = configuredAs({ inputsPerContainer: 1 }, 2);
    desk.ask('b', { configured: strict });
    desk.pass(SETTLED_AFTER_MS);
    expect(desk.ask('b', { configured: strict, ttlMs: TTL_MS }).granted.jobs).toBe(2);
    desk.pass(TTL_MS);
    expect(desk.ask('v', { service: 'vqa', configured: strict })).toMatchObject({ refused: 'waiting', granted: { jobs: 0 } });
    expect(held(desk)).toBe(2);
  });
});

describe('what is set by hand', () => {
  const busy = (): Desk => {
    const desk = later({ configured: configuredAs({}, 2) });
    desk.ask('a', { jobMs: null });
    desk.ask('b', { service: 'vqa', jobMs: null });
    return desk;
  };

  it('takes a GPU away at the next reports: one service goes on, the other ends what it has in flight', () => {
    const desk = busy();
    set(desk, { gpus: 1 });
    expect(held(desk)).toBe(2);
    expect(desk.ask('b', { service: 'vqa', inFlight: 16 }).granted).toEqual({ jobs: 0, http: 8 });
    expect(desk.ask('a', { inFlight: 16 }).granted.jobs).toBe(16);
    desk.pass(6_000);
    desk.ask('b', { service: 'vqa', inFlight: 0 });
    desk.pass(WINDOW_MS);
    expect(desk.ask('a', { inFlight: 16 }).granted.jobs).toBe(16);
    expect(desk.ask('b', { service: 'vqa', inFlight: 0 }).granted).toEqual({ jobs: 0, http: 0 });
    expect(held(desk)).toBe(1);
  });

  it('gives it back at the next report', () => {
    const desk = busy();
    set(desk, { gpus: 1 });
    desk.ask('b', { service: 'vqa', inFlight: 16 });
    set(desk, { gpus: 2 });
    expect(desk.ask('b', { service: 'vqa', inFlight: 16 }).granted.jobs).toBe(16);
    set(desk, { gpus: null });
    expect(gpusNow(desk.budget)).toBe(2);
  });

  it('stands before what workers say, higher or lower, until it is taken back', () => {
    const desk = settled({ configured: configuredAs({}, 2) });
    set(desk, { gpus: 3 });
    expect(desk.ask('a').granted.jobs).toBe(48);
    set(desk, { gpus: null });
    expect(desk.ask('a').granted.jobs).toBe(32);
  });

  it('changes the inputs of a container for what is granted next; what is in flight counts by the new figure', () => {
    const desk = busy();
    set(desk, { service: 'caption', figures: { inputsPerContainer: 8 } });
    expect(desk.ask('a', { inFlight: 16 })).toMatchObject({ granted: { jobs: 8 }, ceiling: { jobs: 8 } });
    expect(held(desk)).toBe(3);
    expect(desk.ask('a', { inFlight: 8, oldestMs: 5_000 }).granted.jobs).toBe(8);
    desk.pass(6_000);
    expect(desk.ask('a', { inFlight: 8, oldestMs: 5_000 }).granted.jobs).toBe(8);
    desk.pass(WINDOW_MS);
    expect(desk.ask('a', { inFlight: 8, oldestMs: 5_000 }).granted.jobs).toBe(8);
    expect(held(desk)).toBe(2);
    set(desk, { service: 'caption', figures: { inputsPerContainer: 'unset' } });
    expect(desk.ask('a', { inFlight: 8 }).granted.jobs).toBe(16);
    expect(held(desk)).toBe(2);
  });

  it('counts open requests by the new figure as well, where the front end holds a GPU', () => {
    const desk = later({ configured: configuredAs({ httpHoldsGpu: true }, 2) });
    desk.ask('a', { want: { jobs: 0, http: 8 } });
    set(desk, { service: 'caption', figures: { httpInputs: 4 } });
    expect(held(desk)).toBe(2);
    expect(desk.ask('a', { want: { jobs: 1, http: 4 } }).granted).toEqual({ jobs: 0, http: 0 });
    desk.pass(WINDOW_MS);
    expect(desk.ask('a', { want: { jobs: 1, http: 4 } }).granted).toEqual({ jobs: 1, http: 4 });
    expect(held(desk)).toBe(2);
  });

  it('is known of a service before anybody uses it', () => {
    const desk = new Desk();
    set(desk, { service: 'caption', figures: { inputsPerContainer: 4 } });
    expect(desk.ask('a').ceiling).toMatchObject({ jobs: 4 });
  });
});

describe('an order to the budget', () => {
  it.each<[BudgetOrder, string | null]>([
    [{ gpus: 2 }, null],
    [{ gpus: null }, null],
    [{ service: 'caption', figures: { maxContainers: null, inputsPerContainer: 'unset' } }, null],
    [{}, 'nothing to set; name gpus, or a service and a figure'],
    [{ gpus: 0 }, 'gpus is 0; expected a whole number from 1 to 1024'],
    [{ gpus: 1.5 }, 'gpus is 1.5; expected a whole number from 1 to 1024'],
    [{ figures: { httpInputs: 3 } }, 'figures are those of a service; name it'],
    [
      { service: 'caption', figures: { httpInputs: 0, maxContainers: -1 } },
      'httpInputs is 0; expected a whole number from 1 to 10000; maxContainers is -1; expected a whole number from 1 to 10000',
    ],
    [
      { service: 'caption', figures: { timeoutSeconds: 3 } as BudgetOrder['figures'] },
      'timeoutSeconds cannot be set; expected one of inputsPerContainer, maxContainers, gpusPerContainer, scaledownSeconds, httpInputs',
    ],
  ] as [BudgetOrder, string | null][])('%j: %s', (order, fault) => {
    expect(orderFault(order)).toBe(fault);
  });
});

import { describe, expect, it } from 'vitest';
import { chargesAt } from '../../domain/account.ts';
import { gpusHeldNow, swept } from '../../domain/budget.ts';
import type { Charge, Remains } from '../../domain/lease.ts';
import { configuredAs, Desk, REQUEST_MS, START, TTL_MS, WINDOW_MS } from './lease-reports.ts';

const UNTIL = START + 1_000_000;
const remains = (readAtMs: number, charges: readonly Charge[], holder = 'old'): Remains => ({ holder, readAtMs, charges });

function chargedNow(desk: Desk): { jobs: number; http: number } {
  return chargesAt(swept(desk.budget, desk.now), 'caption', desk.now);
}

describe('what a closed run left', () => {
  /** A run whose holder has died with ten jobs in flight. */
  const orphaned = (): Desk => {
    const desk = new Desk();
    desk.ask('old', { want: { jobs: 10, http: 2 } });
    desk.pass(TTL_MS);
    expect(chargedNow(desk).jobs).toBe(10);
    return desk;
  };
  const told = (desk: Desk, said: Remains): number => {
    desk.ask('new', { want: { jobs: 0, http: 0 }, remains: [said] });
    return chargedNow(desk).jobs;
  };

  it('is charged no longer than somebody who has read its log finds it running', () => {
    const desk = orphaned();
    expect(told(desk, remains(desk.now, [{ places: 3, untilMs: UNTIL }]))).toBe(3);
    expect(told(desk, remains(desk.now, []))).toBe(0);
    expect(desk.budget.orphans.filter(({ holder }) => holder === 'old').flatMap(({ jobs }) => jobs)).toEqual([]);
  });

  it('frees its places for whoever says so, in the same report', () => {
    const desk = orphaned();
    desk.pass(REQUEST_MS);
    expect(desk.ask('new').granted.jobs).toBe(6);
    expect(desk.ask('new', { remains: [remains(desk.now, [{ places: 3, untilMs: UNTIL }])] }).granted.jobs).toBe(13);
  });

  it('stays charged where its log was read before nobody wrote to it any more', () => {
    const desk = orphaned();
    expect(told(desk, remains(START + TTL_MS - 1, []))).toBe(10);
    expect(told(desk, remains(START + TTL_MS, []))).toBe(0);
  });

  it('stays charged where nobody speaks of it, or only of another service', () => {
    const desk = orphaned();
    expect(told(desk, remains(desk.now, [], 'another'))).toBe(10);
    desk.ask('v', { service: 'vqa', want: { jobs: 0, http: 0 }, remains: [remains(desk.now, [])] });
    expect(chargedNow(desk).jobs).toBe(10);
  });

  it('is never charged more than it was', () => {
    const desk = orphaned();
    expect(told(desk, remains(desk.now, [{ places: 40, untilMs: UNTIL }]))).toBe(10);
  });

  it('keeps an HTTP place for whoever collects it, and none once nothing of it can run', () => {
    const desk = new Desk({ configured: configuredAs({ inputsPerContainer: 1, httpInputs: 2 }) });
    const waits = (left: readonly Charge[]): number => desk.ask('heir', { remains: [remains(desk.now, left)] }).granted.http;
    desk.ask('a', { want: { jobs: 1, http: 1 }, inFlight: 1 });
    expect(waits([{ places: 1, untilMs: UNTIL }])).toBe(1);
    expect(waits([{ places: 1, untilMs: desk.now }])).toBe(0);
    expect(waits([])).toBe(0);
  });

  it('holds its GPUs for a window more when it ends', () => {
    const desk = orphaned();
    told(desk, remains(desk.now, []));
    expect(gpusHeldNow(desk.budget, desk.now)).toBe(1);
    desk.pass(WINDOW_MS);
    expect(gpusHeldNow(swept(desk.budget, desk.now), desk.now)).toBe(0);
  });
});

describe('an attempt after one that did not end its slice', () => {
  const front = { httpHoldsGpu: true, httpInputs: 8 };
  const after = (figures: Partial<typeof front>): Desk => {
    const desk = new Desk({ configured: configuredAs(figures, 2) });
    desk.ask('a', { n: 5, want: { jobs: 4, http: 5 } });
    return desk;
  };
  const http = (desk: Desk, n: number, predecessorOpen: boolean): number =>
    desk.ask('a', { n, predecessorOpen, want: { jobs: 4, http: 8 }, ttlMs: 9 * TTL_MS }).granted.http;

  it('has no more HTTP places than may not be open any more, where the front end holds a GPU', () => {
    const desk = after(front);
    expect(http(desk, 6, true)).toBe(3);
    desk.pass(TTL_MS + REQUEST_MS - 1);
    expect(http(desk, 6, true)).toBe(3);
    desk.pass(1);
    expect(http(desk, 6, true)).toBe(8);
  });

  it('leaves that to the attempts after it: the one before them all may still ask', () => {
    const desk = after(front);
    http(desk, 6, true);
    expect(http(desk, 7, false)).toBe(3);
    desk.pass(TTL_MS + REQUEST_MS);
    expect(http(desk, 7, false)).toBe(8);
  });

  it('has to wait for it also where the lease of the other had expired', () => {
    const desk = after(front);
    desk.pass(TTL_MS);
    expect(http(desk, 6, true)).toBe(3);
    expect(http(desk, 7, false)).toBe(3);
    desk.pass(REQUEST_MS);
    expect(http(desk, 7, false)).toBe(8);
  });

  it('answers for its own requests itself, also after its own lease had expired', () => {
    const desk = new Desk({ configured: configuredAs(front, 2) });
    desk.ask('a', { n: 5, want: { jobs: 4, http: 1 }, ttlMs: 1_000 });
    desk.ask('a', { n: 6, predecessorOpen: true, want: { jobs: 4, http: 7 }, ttlMs: 1_000 });
    desk.pass(2_000);
    desk.ask('a', { n: 6, predecessorOpen: true, want: { jobs: 0, http: 0 }, httpInUse: 2 });
    expect(chargedNow(desk).http).toBe(1 + 2);
  });

  it('has all HTTP places at once where the one before it ended its slice, or the front end holds no GPU', () => {
    expect(http(after(front), 6, false)).toBe(8);
    expect(http(after({}), 6, true)).toBe(8);
  });
});

import { describe, expect, it } from 'vitest';
import type { Configured } from '../../domain/lease.ts';
import { leaseMs } from '../../domain/pace.ts';
import { settle } from '../../domain/settle.ts';
import { configuredAs, Desk, reportOf } from './lease-reports.ts';

/** Holders that report every 10 s, never finish, and run each job for 25 s. */
class Crowd {
  readonly desk = new Desk();
  readonly done = new Map<string, number>();
  readonly #ends = new Map<string, number[]>();
  readonly #configured: Configured;
  readonly #names: readonly string[];

  constructor(names: readonly string[], { jobs, http }: { jobs: number; http: number }) {
    this.#names = names;
    this.#configured = configuredAs({ inputsPerContainer: jobs, httpInputs: http });
  }

  run(rounds: number): void {
    for (let round = 0; round < rounds; round += 1) {
      for (const name of this.#names) this.#turn(name);
      this.desk.pass(10_000);
    }
  }

  /** Without an HTTP place a job that has ended is not seen to have ended. */
  #turn(name: string): void {
    const { desk } = this;
    const before = this.#ends.get(name) ?? [];
    const mayPoll = (desk.budget.holders[name]?.granted.http ?? 0) > 0;
    const running = mayPoll ? before.filter((end) => end > desk.now) : before;
    this.done.set(name, (this.done.get(name) ?? 0) + before.length - running.length);
    const { jobs } = desk.ask(name, { inFlight: running.length, configured: this.#configured, ttlMs: 60_000 }).granted;
    const more = Array.from({ length: Math.max(0, jobs - running.length) }, () => desk.now + 25_000);
    this.#ends.set(name, [...running, ...more]);
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `h${n}`);

describe('holders of one service', () => {
  it.each([
    { holders: 2, jobs: 1, http: 8 },
    { holders: 2, jobs: 16, http: 1 },
    { holders: 2, jobs: 1, http: 1 },
    { holders: 3, jobs: 2, http: 2 },
    { holders: 9, jobs: 16, http: 8 },
    { holders: 16, jobs: 16, http: 8 },
    { holders: 16, jobs: 1, http: 1 },
  ])('$holders with $jobs job places and $http HTTP places all live', ({ holders, jobs, http }) => {
    const crowd = new Crowd(names(holders), { jobs, http });
    crowd.run(400);
    const least = Math.min(...crowd.done.values());
    const most = Math.max(...crowd.done.values());
    expect(least).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4 * least);
  });

  it('share equally when there is enough for all', () => {
    const crowd = new Crowd(names(4), { jobs: 16, http: 8 });
    crowd.run(50);
    expect(Object.values(crowd.desk.budget.holders).map(({ granted }) => granted)).toEqual(
      Array.from({ length: 4 }, () => ({ jobs: 4, http: 2 })),
    );
  });

  it('pass on what one of them does not want', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 2, http: 1 } });
    expect(desk.ask('b').granted).toEqual({ jobs: 14, http: 7 });
  });
});

describe('a holder that waits', () => {
  it.each([2_000, 15_000, 900_000])(
    'for a place of equals, whose slices are %d ms long, comes back when they are called',
    (slice) => {
      const desk = new Desk();
      desk.ask('a', { ttlMs: leaseMs(slice) });
      expect(desk.ask('b').retryAfterMs).toBe(Math.min(slice, 19_000));
    },
  );

  it('comes back with the first of several holders, and never all at the same moment', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 8, http: 1 } });
    desk.pass(5_000);
    desk.ask('b');
    expect(desk.ask('c').retryAfterMs).toBe(14_000);
    const { retryAfterMs } = settle(desk.budget, reportOf('d'), { now: desk.now, roll: 0.5 }).reply;
    expect(retryAfterMs).toBe(15_400);
  });

  it('gives way until the night should be done: it is woken when that is sooner, and looks every ten minutes', () => {
    const desk = new Desk();
    const backfill = (): number => desk.ask('b', { priority: 'backfill' }).retryAfterMs;
    const night = (name: string, jobs: number): unknown =>
      desk.ask(name, { priority: 'nightly', want: { jobs, http: 4 }, jobMs: 6_000 });
    for (const name of ['n1', 'n2', 'n1', 'n2']) night(name, 160);
    expect(backfill()).toBe(120_000);
    night('n1', 8);
    expect(backfill()).toBe(120_000);
    night('n2', 160_000);
    expect(backfill()).toBe(600_000);
    for (const name of ['n1', 'n2']) desk.leave(name, { priority: 'nightly' });
    expect(desk.ask('b', { priority: 'backfill' }).granted.jobs).toBe(16);
  });

  it('keeps its turn until it comes back, however short a lease it asked for', () => {
    const desk = new Desk();
    desk.ask('a');
    const { retryAfterMs } = desk.ask('b', { ttlMs: 1_000 });
    desk.pass(retryAfterMs);
    expect(desk.ask('a').granted.jobs).toBe(8);
  });

  it('holds no HTTP place that it could not use', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 16, http: 4 } });
    expect(desk.ask('b').granted).toEqual({ jobs: 0, http: 0 });
  });

  it('has its turn also where others began to wait at the same moment', () => {
    const desk = new Desk();
    const configured = configuredAs({ inputsPerContainer: 1, httpInputs: 1 });
    for (const name of ['a', 'b', 'c', 'd']) desk.ask(name, { configured });
    desk.ask('a', { release: true, configured });
    const granted = ['d', 'c', 'b'].map((name) => desk.ask(name, { configured }).granted.jobs);
    expect(granted).toEqual([0, 0, 1]);
  });

  it('goes before those who wait for less long', () => {
    const desk = new Desk();
    const configured = configuredAs({ inputsPerContainer: 1 });
    desk.ask('a', { configured });
    for (const name of ['b', 'c']) {
      desk.pass(1_000);
      expect(desk.ask(name, { configured }).refused).toBe('waiting');
    }
    desk.ask('a', { release: true, configured });
    expect(desk.ask('c', { configured }).refused).toBe('waiting');
    expect(desk.ask('b', { configured }).granted.jobs).toBe(1);
  });
});

describe('a holder whose places go to another', () => {
  it('keeps an HTTP place until its jobs are collected', () => {
    const desk = new Desk();
    const configured = configuredAs({ httpInputs: 1 });
    desk.ask('a', { configured });
    desk.ask('b', { configured });
    desk.pass(10_000);
    expect(desk.ask('a', { configured, inFlight: 16 }).granted).toEqual({ jobs: 0, http: 1 });
    desk.pass(10_000);
    expect(desk.ask('a', { configured, inFlight: 0 }).granted).toEqual({ jobs: 0, http: 0 });
    expect(desk.ask('b', { configured }).granted).toEqual({ jobs: 8, http: 1 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../../domain/settle.ts';
import { acts, scene } from './budget-scenes.ts';
import { BudgetWorld } from './budget-world.ts';
import { configuredAs, Desk, reportOf, WINDOW_MS } from './lease-reports.ts';

const SECOND_MS = 1_000;
const LONG_TTL = 4 * 3_600_000;

describe('who waits', () => {
  it('is always told when to come back, never at once and never later than two minutes and a fifth', () => {
    const want = fc.record({ jobs: fc.nat({ max: 40 }), http: fc.nat({ max: 9 }) });
    const roll = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(scene, acts, fc.record({ want, roll }), (of, script, asked) => {
        const world = new BudgetWorld(of);
        for (const one of script) world.act(one);
        const report = reportOf('new', { want: asked.want, configured: world.configuredOf('caption') });
        const { refused, retryAfterMs } = settle(world.budget, report, { now: world.now, roll: asked.roll }).reply;
        if (refused !== 'waiting') return;
        expect(retryAfterMs).toBeGreaterThanOrEqual(SECOND_MS);
        expect(retryAfterMs).toBeLessThanOrEqual(144 * SECOND_MS);
      }),
      { numRuns: 200 },
    );
  });

  it('comes back when another of its service is expected to be done', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 32, http: 7 }, jobMs: 6_000 });
    expect(desk.ask('b').retryAfterMs).toBe(12_000);
  });

  it('comes back when the window of another service is over', () => {
    const desk = new Desk({ configured: configuredAs({ scaledownSeconds: 60 }) });
    desk.ask('a', { service: 'vqa' });
    desk.leave('a', { service: 'vqa' });
    expect(desk.ask('b').retryAfterMs).toBe(66_000);
  });
});

describe('who has a part of what it could use', () => {
  const pair = (more: Parameters<typeof reportOf>[1] = {}): Desk => {
    const desk = new Desk({ configured: configuredAs({ scaledownSeconds: 30 }, 2), ttlMs: LONG_TTL });
    desk.pass(33_000);
    desk.ask('v', { service: 'vqa', want: { jobs: 1_600, http: 8 }, jobMs: 1_000, ...more });
    return desk;
  };
  const retryAfterMs = (desk: Desk, ttlMs = LONG_TTL): number =>
    desk.ask('c', { want: { jobs: 50_000, http: 8 }, jobMs: 6_000, ttlMs }).retryAfterMs;

  it('comes back when the work of the other service should be done and its GPU gone', () => {
    const desk = pair();
    expect(retryAfterMs(desk)).toBe(100_000 + 33_000);
    desk.pass(40_000);
    expect(retryAfterMs(desk)).toBe(60_000 + 33_000);
  });

  it('comes back when the window of a service that has gone is over', () => {
    const desk = pair();
    desk.leave('v', { service: 'vqa' });
    expect(retryAfterMs(desk)).toBe(33_000);
  });

  it('comes back when another of its service should be done', () => {
    const desk = new Desk({ ttlMs: LONG_TTL });
    desk.ask('d', { want: { jobs: 32, http: 4 }, jobMs: 6_000 });
    desk.ask('c', { jobMs: 6_000 });
    desk.ask('d', { want: { jobs: 32, http: 4 }, jobMs: 6_000 });
    expect(desk.ask('c', { want: { jobs: 100, http: 4 }, jobMs: 6_000 })).toMatchObject({
      granted: { jobs: 8 },
      retryAfterMs: 24_000,
    });
  });

  it('comes at the end of its slice anyway where that is sooner', () => {
    expect(retryAfterMs(pair(), 133_000 * 2)).toBe(0);
  });

  it('need not come back where nobody knows when the other will be done', () => {
    expect(retryAfterMs(pair({ jobMs: null }))).toBe(0);
  });

  it('need not come back where the platform gives it no further container', () => {
    const desk = new Desk({ configured: configuredAs({ maxContainers: 1 }, 2), ttlMs: LONG_TTL });
    desk.ask('v', { service: 'vqa', want: { jobs: 1_600, http: 8 }, jobMs: 1_000 });
    desk.pass(WINDOW_MS);
    expect(retryAfterMs(desk)).toBe(0);
  });
});

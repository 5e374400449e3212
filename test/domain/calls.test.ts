import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordered } from '../../domain/budget.ts';
import { callsOf, isCalled, newlyCalled, withCalls } from '../../domain/calls.ts';
import { turnsNow } from '../../domain/ceilings.ts';
import { fairShares } from '../../domain/shares.ts';
import type { Priority } from '../../domain/spec.ts';
import { configuredAs, Desk } from './lease-reports.ts';
import { Pair } from './service-pair.ts';

const CONFIGURED = configuredAs({ inputsPerContainer: 16, httpInputs: 16 });
const KEPT_MS = 15_000;

const called = ({ budget, now }: Desk): string[] => Object.keys(callsOf(budget, now)).toSorted();
const nightly = { priority: 'nightly' } as const;
const backfill = { priority: 'backfill' } as const;

describe('whoever has what others of a higher priority are due', () => {
  it('is called as soon as they ask, and by nobody else', () => {
    const desk = new Desk({ configured: CONFIGURED });
    desk.ask('b', backfill);
    expect(called(desk)).toEqual([]);
    expect(desk.ask('night', nightly).refused).toBe('waiting');
    expect(called(desk)).toEqual(['b']);
  });

  it('is not called any more once it has reported, also while its jobs still run', () => {
    const desk = new Desk({ configured: CONFIGURED });
    desk.ask('b', backfill);
    desk.ask('night', nightly);
    expect(desk.ask('b', { ...backfill, inFlight: 16 }).granted.jobs).toBe(0);
    expect(called(desk)).toEqual([]);
  });

  it('is expected within seconds, so that whoever waits comes back then and not at the end of a slice', () => {
    const desk = new Desk({ configured: CONFIGURED, ttlMs: 180_000 });
    desk.ask('b', backfill);
    expect(desk.ask('night', nightly).retryAfterMs).toBe(4_000);
    desk.ask('b', { ...backfill, inFlight: 16 });
    desk.pass(4_000);
    expect(desk.ask('night', nightly).retryAfterMs).toBe(4_000);
  });
});

describe('whoever has what equals are due', () => {
  it('has it for a while before it is called', () => {
    const desk = new Desk({ configured: CONFIGURED, ttlMs: 180_000 });
    desk.ask('a');
    expect(desk.ask('b').retryAfterMs).toBe(KEPT_MS + 4_000);
    expect(called(desk)).toEqual([]);
    desk.pass(KEPT_MS - 1);
    desk.ask('b');
    expect(called(desk)).toEqual([]);
    desk.pass(1);
    desk.ask('b');
    expect(called(desk)).toEqual(['a']);
  });

  it('is called for an HTTP place too, where there are fewer of them than holders', () => {
    const desk = new Desk({ configured: configuredAs({ inputsPerContainer: 16, httpInputs: 1 }) });
    desk.ask('a');
    desk.ask('b');
    desk.pass(KEPT_MS);
    desk.ask('b');
    expect(called(desk)).toEqual(['a']);
    expect(desk.ask('a').granted).toEqual({ jobs: 0, http: 0 });
    expect(called(desk)).toEqual(['b']);
  });
});

describe('whoever could have more', () => {
  it('is called when somebody goes', () => {
    const desk = new Desk({ configured: CONFIGURED });
    for (const name of ['a', 'b', 'a', 'b']) desk.ask(name);
    expect(called(desk)).toEqual([]);
    desk.leave('b');
    expect(called(desk)).toEqual(['a']);
    expect(desk.ask('a').granted.jobs).toBe(16);
    expect(called(desk)).toEqual([]);
  });

  it('is not called where its own limit or its own work is all it can use', () => {
    for (const more of [{ limit: 8 }, { want: { jobs: 8, http: 8 } }]) {
      const desk = new Desk({ configured: CONFIGURED });
      for (const name of ['a', 'b', 'a', 'b']) desk.ask(name, name === 'a' ? more : {});
      desk.leave('b');
      expect(called(desk)).toEqual([]);
    }
  });
});

describe('holders of all services', () => {
  it('are called when a GPU is to be given back for another service', () => {
    const pair = new Pair().settled();
    expect(pair.jobs('caption')).toBe(32);
    expect(pair.ask('vqa').refused).toBe('waiting');
    expect(called(pair.desk)).toEqual(['caption/0']);
  });

  it('are called when the cap is lowered by hand', () => {
    const pair = new Pair().settled();
    expect(pair.jobs('caption')).toBe(32);
    const { budget, now } = pair.desk;
    const lower = ordered(budget, { gpus: 1 }, now);
    expect(Object.keys(callsOf(withCalls(lower, turnsNow(lower, now), now), now))).toEqual(['caption/0']);
  });
});

describe('a budget that an earlier version has kept', () => {
  it('goes on: whoever is in it is called, and gives back what is due to others', () => {
    const desk = new Desk({ configured: CONFIGURED });
    desk.ask('b', backfill);
    const kept = Object.entries(desk.budget.holders).map(([name, holder]) => {
      const { call: _call, collects: _collects, shortSinceMs: _since, ...before } = holder;
      return [name, before] as const;
    });
    desk.budget = { ...desk.budget, holders: Object.fromEntries(kept) };
    desk.ask('night', nightly);
    expect(called(desk)).toEqual(['b']);
    expect(desk.ask('b', backfill).granted.jobs).toBe(0);
    expect(desk.ask('night', nightly).granted.jobs).toBe(16);
  });
});

/** Where a class has fewer places than holders these go round for ever. */
function isCrowded(all: readonly { readonly priority: Priority; readonly jobs: number }[], places: number): boolean {
  const shares = fairShares(
    places,
    all.map(({ priority, jobs }, n) => ({ holder: `h${n}`, want: jobs, priority })),
  );
  return ['interactive', 'nightly', 'backfill'].some((priority) => {
    const own = all.flatMap((one, n) => (one.priority === priority ? [shares.get(`h${n}`) ?? 0] : []));
    return own.some((share) => share > 0) && own.includes(0);
  });
}

describe('a call', () => {
  it('is for the report after the last one, so that nobody answers twice', () => {
    const calls = { a: '3.7' };
    expect(isCalled(calls, { holder: 'a', n: 3, seq: 7 })).toBe(true);
    expect(isCalled(calls, { holder: 'a', n: 3, seq: 8 })).toBe(false);
    expect(isCalled(calls, { holder: 'a', n: 4, seq: 7 })).toBe(false);
    expect(isCalled(calls, { holder: 'b', n: 3, seq: 7 })).toBe(false);
  });

  it('is news only where somebody is called who was not', () => {
    expect(newlyCalled({ a: '1.1' }, {})).toEqual(['a']);
    expect(newlyCalled({ a: '1.2' }, { a: '1.1' })).toEqual(['a']);
    expect(newlyCalled({ a: '1.1' }, { a: '1.1', b: '1.1' })).toEqual([]);
  });

  it('is all that it takes: whoever reports only when called, everybody comes to what it is due, and then rests', () => {
    const one = fc.record({
      priority: fc.constantFrom<Priority>('interactive', 'nightly', 'backfill'),
      jobs: fc.integer({ min: 1, max: 60 }),
      inFlight: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), fc.integer({ min: 36, max: 160 }), (all, places) => {
        fc.pre(!isCrowded(all, places));
        const desk = new Desk({ configured: configuredAs({ inputsPerContainer: places, httpInputs: 64 }), ttlMs: 4 * 3_600_000 });
        const owing = new Set<string>();
        const report = (n: number, runs: boolean): void => {
          const { priority = 'nightly', jobs = 0, inFlight = false } = all[n] ?? {};
          const name = `h${n}`;
          const has = runs && inFlight ? (desk.budget.holders[name]?.granted.jobs ?? 0) : 0;
          const { granted } = desk.ask(name, { priority, want: { jobs, http: 4 }, inFlight: has });
          if (has > granted.jobs) owing.add(name);
          else owing.delete(name);
        };
        all.forEach((_, n) => report(n, false));
        for (let turn = 0; turn < 80; turn += 1) {
          desk.pass(2_000);
          for (const name of new Set([...owing, ...called(desk)])) report(Number(name.slice(1)), turn < 20 && !owing.has(name));
          // Somebody reports anyway now and then: what is due later is looked at then.
          if (turn % 8 === 7) report(0, false);
        }
        expect(called(desk)).toEqual([]);
        const has = all.map((_, n) => desk.budget.holders[`h${n}`]?.granted.jobs ?? 0);
        const wanted = all.reduce((sum, { jobs }) => sum + jobs, 0);
        expect(has.reduce((sum, jobs) => sum + jobs, 0)).toBe(Math.min(places, wanted));
        const night = all.reduce((sum, { jobs, priority }) => sum + (priority === 'backfill' ? 0 : jobs), 0);
        const nights = has.reduce((sum, jobs, n) => sum + (all[n]?.priority === 'backfill' ? 0 : jobs), 0);
        expect(nights).toBe(Math.min(places, night));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { chargesAt } from '../../domain/account.ts';
import { swept } from '../../domain/budget.ts';
import type { Priority } from '../../domain/spec.ts';
import { MAX_HOLDERS } from '../../domain/settle.ts';
import { CEILING, configuredAs, Desk, ORPHAN_MS, REQUEST_MS, reportOf, START, TTL_MS } from './lease-reports.ts';

const ALL = { jobs: 16, http: 8 };
const NOTHING = { jobs: 0, http: 0 };
const TWO_GPUS = configuredAs({}, 2);
const WIDE = configuredAs({ inputsPerContainer: 99, httpInputs: 99 });

function chargedAt(desk: Desk, service = 'caption'): number {
  return chargesAt(swept(desk.budget, desk.now), service, desk.now).jobs;
}

describe('a lease', () => {
  it('is all there is for a holder that is alone', () => {
    expect(new Desk().ask('a')).toEqual({
      granted: ALL,
      refused: null,
      retryAfterMs: 0,
      ceiling: { ...CEILING, why: expect.any(String) as string },
    });
  });

  it('never gives more than is wanted', () => {
    expect(new Desk().ask('a', { want: { jobs: 3, http: 2 } }).granted).toEqual({ jobs: 3, http: 2 });
  });

  it('gives no job place to a holder that could not send a request', () => {
    expect(new Desk().ask('a', { want: { jobs: 4, http: 0 } }).granted).toEqual(NOTHING);
  });

  it('of HTTP alone is enough for a probe', () => {
    expect(new Desk().ask('probe', { n: 0, want: { jobs: 0, http: 1 } })).toMatchObject({
      granted: { jobs: 0, http: 1 },
      refused: null,
    });
  });

  it('of one service takes nothing from another', () => {
    const desk = new Desk({ configured: TWO_GPUS });
    desk.ask('a');
    expect(desk.ask('b', { service: 'vqa' }).granted).toEqual(ALL);
  });

  it('says why its ceiling is what it is', () => {
    expect(new Desk().ask('a').ceiling.why).toBe(
      '1 x 1 GPU of 1 GPU x 16 inputs per container; no second GPU before 2023-11-14T22:18:50.000Z: the budget has no history',
    );
  });
});

describe('a report', () => {
  it('older than the last of its holder is refused and changes nothing', () => {
    const desk = new Desk();
    desk.send(reportOf('a', { n: 5, seq: 3, inFlight: 4 }));
    const before = desk.budget;
    for (const [n, seq] of [
      [5, 3],
      [5, 2],
      [4, 9],
    ] as const) {
      const reply = desk.send(reportOf('a', { n, seq, inFlight: 0, want: NOTHING }));
      expect(reply).toMatchObject({ granted: NOTHING, refused: 'stale' });
      expect(desk.budget).toEqual(before);
    }
  });

  it('that came late is refused also after a release, and after the lease has expired', () => {
    const released = new Desk();
    released.send(reportOf('a', { seq: 7, release: true }));
    expect(released.send(reportOf('a', { seq: 6 })).refused).toBe('stale');
    const expired = new Desk();
    expired.send(reportOf('a', { n: 5 }));
    expired.pass(TTL_MS + 1);
    expect(expired.send(reportOf('a', { n: 4, seq: 9 })).refused).toBe('stale');
    expect(chargedAt(expired)).toBe(16);
  });

  it('that came ten minutes late is refused also where jobs are short', () => {
    const desk = new Desk();
    const configured = configuredAs({ timeoutSeconds: 1, coldStartSeconds: 0, requestSeconds: 1 });
    desk.send(reportOf('a', { n: 5, ttlMs: 1_000, configured }));
    desk.pass(600_000);
    expect(desk.send(reportOf('a', { n: 4, seq: 9 })).refused).toBe('stale');
  });

  it('of a later takeover replaces that of the attempt before it', () => {
    const desk = new Desk();
    desk.send(reportOf('a', { n: 5, seq: 8, inFlight: 4 }));
    expect(desk.send(reportOf('a', { n: 6, seq: 1, inFlight: 4 }))).toMatchObject({ granted: ALL, refused: null });
    expect(chargedAt(desk)).toBe(16);
  });
});

describe('what is charged', () => {
  it('is the larger of what was granted and what is in flight', () => {
    const desk = new Desk();
    desk.ask('a', { inFlight: 5, want: { jobs: 2, http: 1 } });
    expect(chargedAt(desk)).toBe(5);
    desk.ask('a', { inFlight: 1, want: { jobs: 9, http: 1 } });
    expect(chargedAt(desk)).toBe(9);
  });

  it('stays charged beside a new grant for a submit without an answer, until its deadline', () => {
    const desk = new Desk();
    desk.ask('a');
    const ambiguous = [{ places: 3, untilMs: START + 90_000 }];
    expect(desk.ask('a', { ambiguous }).granted.jobs).toBe(13);
    expect(desk.ask('b').granted.jobs).toBe(0);
    desk.pass(90_000);
    expect(desk.ask('a', { ambiguous }).granted.jobs).toBe(8);
  });

  it('stays charged for submits without an answer after their holder has gone', () => {
    const desk = new Desk();
    desk.ask('a');
    desk.ask('a', { release: true, want: NOTHING, ambiguous: [{ places: 3, untilMs: START + 1_000_000 }] });
    expect(desk.ask('b').granted.jobs).toBe(13);
    desk.pass(1_000_000);
    expect(desk.ask('b').granted.jobs).toBe(16);
  });

  it('of an expired lease is charged until the orphan deadline, counted from the expiry', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 10, http: 8 } });
    desk.pass(TTL_MS + REQUEST_MS);
    expect(desk.ask('b').granted).toEqual({ jobs: 6, http: 8 });
    desk.pass(ORPHAN_MS - REQUEST_MS - 1);
    expect(desk.ask('b').granted.jobs).toBe(6);
    desk.pass(1);
    expect(desk.ask('b').granted.jobs).toBe(16);
  });

  it('of an expired lease is what the same strand says when it returns', () => {
    const desk = new Desk();
    desk.ask('a');
    desk.pass(TTL_MS + REQUEST_MS);
    expect(chargedAt(desk)).toBe(16);
    desk.ask('a', { n: 2, inFlight: 2, want: { jobs: 4, http: 1 } });
    expect(chargedAt(desk)).toBe(4);
  });

  it('of an expired lease is charged for as long as its holder was told that its jobs may run', () => {
    const desk = new Desk();
    const slow = configuredAs({ timeoutSeconds: 1_200 });
    const slowMs = ORPHAN_MS + 3 * 600_000;
    desk.ask('slow', { want: { jobs: 1, http: 1 }, configured: slow, ttlMs: 9 * ORPHAN_MS });
    const { ceiling } = desk.ask('a', { want: { jobs: 10, http: 1 } });
    expect(ceiling.orphanMs).toBe(slowMs);
    desk.pass(TTL_MS + slowMs - 1);
    expect(chargedAt(desk)).toBe(11);
    desk.pass(1);
    expect(chargedAt(desk)).toBe(1);
  });

  it('of HTTP is free again when no request of an expired lease can still be open', () => {
    const desk = new Desk();
    desk.ask('a', { want: { jobs: 1, http: 5 } });
    desk.pass(TTL_MS);
    expect(desk.ask('b').granted.http).toBe(3);
    expect(desk.ask('c').granted.http).toBe(0);
    desk.ask('c', { release: true });
    desk.pass(REQUEST_MS);
    expect(desk.ask('b').granted.http).toBe(8);
  });
});

describe('the seventeenth holder', () => {
  function sixteen(): Desk {
    const desk = new Desk({ configured: WIDE });
    for (let n = 0; n < MAX_HOLDERS; n += 1) desk.ask(`h${n}`, { want: { jobs: 1, http: 1 } });
    return desk;
  }

  it('waits, though there are places, until one of the others has gone', () => {
    const desk = sixteen();
    const reply = desk.ask('late', { want: ALL });
    expect(reply).toMatchObject({ granted: NOTHING, refused: 'waiting' });
    expect(reply.retryAfterMs).toBeGreaterThanOrEqual(10_000);
    desk.ask('h3', { release: true });
    expect(desk.ask('late', { want: { jobs: 99, http: 8 } }).granted.jobs).toBe(84);
  });

  it('comes in by its priority, and of equals whoever has waited longest', () => {
    const desk = sixteen();
    const asks = (holder: string, priority: Priority): string => {
      desk.pass(1_000);
      const { refused } = desk.ask(holder, { priority, want: { jobs: 1, http: 1 } });
      return refused ?? 'in';
    };
    asks('old backfill', 'backfill');
    asks('first', 'nightly');
    asks('second', 'nightly');
    desk.leave('h0');
    expect([asks('old backfill', 'backfill'), asks('second', 'nightly'), asks('first', 'nightly')]).toEqual([
      'waiting',
      'waiting',
      'in',
    ]);
    desk.leave('h1');
    expect([asks('newest', 'interactive'), asks('second', 'nightly')]).toEqual(['in', 'waiting']);
    desk.leave('h2');
    desk.leave('h3');
    expect([asks('old backfill', 'backfill'), asks('second', 'nightly')]).toEqual(['in', 'in']);
  });

  it('is no longer waited for when it does not come back', () => {
    const desk = sixteen();
    desk.ask('gone', { priority: 'interactive' });
    desk.ask('late', { priority: 'backfill', want: { jobs: 1, http: 1 } });
    desk.pass(71_000);
    for (let n = 1; n < MAX_HOLDERS; n += 1) desk.ask(`h${n}`, { want: { jobs: 1, http: 1 } });
    desk.leave('h0');
    expect(desk.ask('late', { priority: 'backfill', want: { jobs: 1, http: 1 } }).granted.jobs).toBe(1);
  });

  it('keeps what it is charged for when it comes back too late to be let in', () => {
    const desk = new Desk({ configured: TWO_GPUS });
    desk.ask('late', { service: 'vqa', want: { jobs: 5, http: 1 } });
    desk.pass(TTL_MS);
    for (let n = 0; n < MAX_HOLDERS; n += 1) desk.ask(`h${n}`, { want: { jobs: 1, http: 1 } });
    expect(chargedAt(desk, 'vqa')).toBe(5);
    desk.ask('late', { service: 'vqa', inFlight: 5 });
    expect(chargedAt(desk, 'vqa')).toBe(5);
  });
});

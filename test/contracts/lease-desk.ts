import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCalled } from '../../domain/calls.ts';
import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import { configuredFor, idleReport } from '../support/lease-report.ts';
import { uniqueName } from '../support/servers.ts';

/** A desk that nobody else uses. */
export interface DeskWorld {
  readonly desk: LeaseDesk;
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** GPUs for every service that a test thinks of; each gets one container, since the budget has no history. */
const ONE = configuredFor({ jobs: 8, orphanMs: HOUR_MS });
const CONFIGURED = { ...ONE, gpus: 100, longestScaledownSeconds: 24 * (HOUR_MS / 1_000) };

/** @returns the report of a strand that wants four jobs of a service with eight places. */
export function leaseReport(over: Partial<LeaseReport> & Pick<LeaseReport, 'holder' | 'service' | 'seq'>): LeaseReport {
  return idleReport({ want: { jobs: 4, http: 2 }, ttlMs: 5 * MINUTE_MS, configured: CONFIGURED, ...over });
}

const places = ({ granted: { jobs }, refused }: LeaseReply): { jobs: number; refused: string | null } => ({ jobs, refused });

/** What every LeaseDesk promises, whatever keeps the budget. */
export function leaseDeskContract(name: string, create: () => Promise<DeskWorld>): void {
  describe(`${name} as a lease desk`, () => {
    let world: DeskWorld;
    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    /** A service that nobody else asks for, and its holders; a report leaves out what it shares with the last one. */
    function service() {
      const named = uniqueName('vqa');
      const seqs = new Map<string, number>();
      return (holder: string, over: Partial<LeaseReport> = {}): Promise<LeaseReply> => {
        const seq = (seqs.get(holder) ?? 0) + 1;
        seqs.set(holder, seq);
        return world.desk.report(leaseReport({ holder: `${named}/${holder}`, service: named, seq, ...over }));
      };
    }

    it('grants what is wanted and free, with the ceiling in force', async () => {
      const report = service();
      const reply = await report('a');
      expect(reply).toMatchObject({ granted: { jobs: 4, http: 2 }, refused: null, retryAfterMs: 0 });
      expect(reply.ceiling).toMatchObject({ jobs: 8, http: 8, why: expect.stringContaining('8 inputs per container') });
      await report('a', { release: true });
    });

    it('never grants all holders together more than there is', async () => {
      const report = service();
      const replies = [await report('a'), await report('b', { want: { jobs: 8, http: 2 } }), await report('c')];
      expect(replies.map(places)).toEqual([
        { jobs: 4, refused: null },
        { jobs: 4, refused: null },
        { jobs: 0, refused: 'waiting' },
      ]);
      expect(replies[2]?.retryAfterMs).toBeGreaterThanOrEqual(10_000);
      for (const holder of ['a', 'b', 'c']) await report(holder, { release: true });
    });

    it('gives away at once what a holder gives back', async () => {
      const report = service();
      await report('a', { want: { jobs: 8, http: 2 } });
      expect(places(await report('b'))).toEqual({ jobs: 0, refused: 'waiting' });
      await report('a', { release: true });
      expect(places(await report('b'))).toEqual({ jobs: 4, refused: null });
      await report('b', { release: true });
    });

    it('charges what may have been submitted, even of a holder that is gone', async () => {
      const report = service();
      const untilMs = Date.now() + HOUR_MS;
      await report('a', { release: true, ambiguous: [{ places: 6, untilMs }] });
      expect(places(await report('b', { want: { jobs: 8, http: 2 } }))).toEqual({ jobs: 2, refused: null });
      await report('b', { release: true });
    });

    it('refuses a report that is older than one it has, and changes nothing', async () => {
      const report = service();
      await report('a', { n: 2, seq: 5 });
      for (const stale of [
        { n: 1, seq: 9 },
        { n: 2, seq: 5 },
        { n: 2, seq: 4, release: true },
      ])
        expect(places(await report('a', stale))).toEqual({ jobs: 0, refused: 'stale' });
      expect(places(await report('b', { want: { jobs: 8, http: 2 } }))).toEqual({ jobs: 4, refused: null });
      expect(places(await report('a', { n: 3, seq: 1 }))).toEqual({ jobs: 4, refused: null });
      await report('a', { n: 3, seq: 2, release: true });
      expect(places(await report('a', { n: 3, seq: 1 }))).toEqual({ jobs: 0, refused: 'stale' });
      await report('b', { release: true });
    });

    it('calls whoever has what a higher priority is due, for the report that it has not sent yet', async () => {
      const named = uniqueName('vqa');
      const ask = (who: string, over: Partial<LeaseReport>): Promise<LeaseReply> =>
        world.desk.report(leaseReport({ holder: `${named}/${who}`, service: named, seq: 1, ...over }));
      const isCalledAfter = async (seq: number): Promise<boolean> =>
        isCalled(await world.desk.calls(), leaseReport({ holder: `${named}/a`, service: named, seq }));
      expect(await isCalledAfter(1)).toBe(false);
      await ask('a', { want: { jobs: 8, http: 2 }, priority: 'backfill' });
      expect(places(await ask('b', { priority: 'nightly' }))).toEqual({ jobs: 0, refused: 'waiting' });
      await expect.poll(() => isCalledAfter(1)).toBe(true);
      expect(await isCalledAfter(2)).toBe(false);
      const left = await ask('a', { want: { jobs: 8, http: 2 }, priority: 'backfill', seq: 2 });
      expect(places(left)).toEqual({ jobs: 4, refused: null });
      expect(places(await ask('b', { priority: 'nightly', seq: 2 }))).toEqual({ jobs: 4, refused: null });
      for (const who of ['a', 'b']) await ask(who, { release: true, seq: 3 });
    });

    it('answers many holders at once, and shares out no place twice', async () => {
      const report = service();
      const holders = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const replies = await Promise.all(holders.map((holder) => report(holder, { want: { jobs: 3, http: 1 } })));
      const granted = replies.reduce((sum, reply) => sum + reply.granted.jobs, 0);
      expect(granted).toBeGreaterThan(0);
      expect(granted).toBeLessThanOrEqual(8);
      await Promise.all(holders.map((holder) => report(holder, { release: true })));
    });
  });
}

import { describe, expect, it } from 'vitest';
import type { LeaseReply } from '../../../domain/lease.ts';
import { idleReport } from '../../support/lease-report.ts';
import { StrandWorld, type Attempted } from './strand-world.ts';

const SECOND_MS = 1_000;

describe('a strand that has what somebody of a higher priority is due', () => {
  const PERSON = { holder: 'person', service: 'seer', run: 'x', priority: 'interactive' as const };

  async function busy(): Promise<{ world: StrandWorld; attempt: Attempted; asks: () => LeaseReply }> {
    const world = new StrandWorld({ tiles: 60, jobs: 6, http: 8, sliceSeconds: 60 });
    world.service.jobMs = 15 * SECOND_MS;
    const attempt = world.begin();
    await world.clock.until(() => world.service.arrivals.length === 6);
    let seq = 0;
    const { configured } = world;
    const asks = (): LeaseReply =>
      world.desk.settle(idleReport({ ...PERSON, configured, seq: (seq += 1), want: { jobs: 6, http: 1 }, ttlMs: 90_000 }));
    return { world, attempt, asks };
  }

  it('is heard within seconds, not at the end of its slice: it sends nothing more, and says what has ended', async () => {
    const { world, attempt, asks } = await busy();
    const before = world.desk.reports.length;
    await world.clock.advance(5 * SECOND_MS);
    expect(world.desk.reports).toHaveLength(before);
    expect(asks().refused).toBe('waiting');
    await world.clock.advance(4 * SECOND_MS);
    expect(world.desk.reports).toHaveLength(before + 1);
    expect(world.desk.budget.holders[world.holder]?.granted.jobs).toBeLessThan(6);
    await world.clock.advance(10 * SECOND_MS);
    expect(asks().granted.jobs).toBe(5);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });

  it('has the priority of the start that goes on with it, not of the one that opened it', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    await world.turns({ priority: 'backfill' });
    expect(new Set(world.desk.reports.map(({ priority }) => priority))).toEqual(new Set(['backfill']));
    const opened = new StrandWorld({ tiles: 3, jobs: 2 });
    await opened.turns();
    expect(new Set(opened.desk.reports.map(({ priority }) => priority))).not.toContain('backfill');
  });

  it('goes on to the end of its slice where it hears nothing', async () => {
    const { world, attempt, asks } = await busy();
    world.desk.deaf = true;
    const before = world.desk.reports.length;
    asks();
    await world.clock.advance(30 * SECOND_MS);
    expect(world.desk.reports).toHaveLength(before);
    expect(world.service.arrivals.length).toBeGreaterThan(6);
    attempt.abort();
    await world.clock.run(attempt.ended);
  });
});

import { describe, expect, it } from 'vitest';
import { reply } from '../../support/fake-service.ts';
import { NEVER_ACCEPTED } from '../../support/job-service.ts';
import { expectKept, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';
import { Zombie } from './zombie.ts';

describe('a submit in doubt', () => {
  it('that was cleared while the next intent was being written counts no more: one other doubt loses no task', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2, orphanMs: 120_000, sliceSeconds: 300 });
    world.service.fates.push({ says: reply('busy', { retryAfterMs: 1_000 }) }, NEVER_ACCEPTED);
    const zombie = await Zombie.asleep(world);
    await zombie.wokenDuringNextIntent(130_000);
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', attempts: 2 }]);
    expectKept(world);
  });

  it('is not called lost while a word of it may still come: its calls are read again at the last deadline of its task', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 2, orphanMs: 120_000, sliceSeconds: 300 });
    const zombie = await Zombie.asleep(world);
    await world.clock.advance(60_000);
    world.service.fates.push(NEVER_ACCEPTED);
    await zombie.wokenAfter(90_000);
    expect(recordsOf(world)).toMatchObject([{ status: 'ok' }]);
    expect(world.service.journal).toHaveLength(1);
    expectKept(world);
  });
});

import { describe, expect, it } from 'vitest';
import { PreparedTiles } from '../../../activities/advance/prepared-tiles.ts';
import { ObjectStoreError } from '../../../ports/object-store.ts';
import { gate } from '../../support/gate.ts';
import { ACCEPTED_UNHEARD } from '../../support/job-service.ts';
import { idleReport } from '../../support/lease-report.ts';
import type { StoreCall } from '../../support/store-hooks.ts';
import { callsOf, expectKept, intentsOf, recorded, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';
import { plainRenderer } from '../../support/plain-renderer.ts';

const isTile = ({ verb, key }: StoreCall): boolean => verb === 'get' && key.startsWith('in/');
const denied = (): Error => new ObjectStoreError('denied', 'S3 refuses it.');

/** A first slice that an order ends once so many jobs were submitted. */
async function stoppedAt(world: StrandWorld, jobs: number): Promise<void> {
  const attempt = world.begin();
  await world.clock.until(() => world.service.journal.length >= jobs);
  attempt.abort();
  await world.clock.run(attempt.ended);
  world.skipTurns(1);
}

describe('orders', () => {
  it('submits nothing after a pause, keeps what is in flight and returns with a slice', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 4 });
    const attempt = world.begin();
    await world.clock.advance(10_000);
    attempt.abort();
    const submits = world.service.arrivals.length;
    const aborted = world.clock.now();
    const result = await world.clock.run(attempt.ended);
    expect(world.clock.now() - aborted).toBeLessThan(10_000);
    expect(world.service.arrivals).toHaveLength(submits);
    expect(result).toMatchObject({ done: false, halt: null });
    expect(result.slice).toBeGreaterThan(0);
    expect(recorded(world)).toHaveLength(result.tallies.ok);
    world.skipTurns(1);
    await world.turns();
    expectKept(world);
    expect(world.service.journal).toHaveLength(40);
  });

  it('sends no submit that was queued when the pause came, and says so', async () => {
    const world = new StrandWorld({ tiles: 4, jobs: 4, http: 1 });
    const held = gate();
    world.service.fates.push({ until: held.opened });
    const attempt = world.begin();
    await world.clock.until(() => world.service.arrivals.length === 1);
    const intents = intentsOf(world).length;
    attempt.abort();
    await world.clock.advance(500);
    held.open();
    const result = await world.clock.run(attempt.ended);
    expect(world.service.arrivals).toHaveLength(1);
    expect(
      callsOf(world)
        .map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(['accepted', ...Array.from({ length: intents - 1 }, () => 'not_sent')]);
    expect(result).toMatchObject({ inFlight: 1, doubtful: 0 });
  });

  it('collects what is in flight and asks nothing new', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 4 });
    await stoppedAt(world, 4);
    const submits = world.service.arrivals.length;
    const result = await world.slice({ mode: 'collect' });
    expect(world.service.arrivals).toHaveLength(submits);
    expect(result).toMatchObject({ inFlight: 0, done: false, tallies: { ok: submits } });
    expect(world.desk.charged('seer')).toBe(0);
    await world.turns();
    expectKept(world);
    expect(world.service.journal).toHaveLength(40);
  });

  it('names what is in flight when the run is abandoned, and leaves it charged until its deadline', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 3 });
    world.service.jobMs = 100_000;
    world.service.fates.push(ACCEPTED_UNHEARD);
    await stoppedAt(world, 3);
    const result = await world.slice({ mode: 'abandon' });
    expect(result).toMatchObject({ done: true });
    const cancelled = recordsOf(world).filter(({ error_code }) => error_code === 'cancelled');
    expect(new Set(cancelled.map(({ call_id }) => call_id))).toEqual(new Set([null, 'fc-2', 'fc-3']));
    expect(cancelled).toHaveLength(3);
    expect(world.desk.charged('seer')).toBe(3);
    await world.clock.advance(world.ceiling.orphanMs);
    expect(world.desk.charged('seer')).toBe(0);
  });

  it('names too what was in flight when it was told to end, and was given up at its deadline while it only collected', async () => {
    const world = new StrandWorld({ tiles: 40, jobs: 3, orphanMs: 120_000 });
    world.service.jobMs = 1_000_000;
    await stoppedAt(world, 3);
    expect(await world.collected()).toMatchObject({ inFlight: 0, done: false });
    await world.slice({ mode: 'abandon' });
    const cancelled = recordsOf(world).filter(({ error_code }) => error_code === 'cancelled');
    expect(new Set(cancelled.map(({ call_id }) => call_id))).toEqual(new Set(['fc-1', 'fc-2', 'fc-3']));
    expect(cancelled).toHaveLength(3);
  });

  it('names nothing of a task that was asked again since', async () => {
    const world = new StrandWorld({ tiles: 1, jobs: 1, orphanMs: 120_000 });
    world.service.jobMs = 1_000_000;
    await stoppedAt(world, 1);
    await world.collected();
    world.service.jobMs = 1_000;
    await world.turns();
    expect(recordsOf(world)).toMatchObject([{ status: 'ok', call_id: 'fc-2' }]);
  });

  it('ends at the common end of all loops', async () => {
    const world = new StrandWorld({ tiles: 400, jobs: 2 });
    const began = world.clock.now();
    await world.slice({ untilMs: began + 7_000 });
    expect(world.clock.now() - began).toBeLessThan(9_000);
  });
});

describe('the budget', () => {
  it('that cannot be reached grants nothing: nothing is submitted, and the work goes on when it is back', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 2 });
    world.desk.away = true;
    expect(await world.slice()).toMatchObject({ held: 0, done: false });
    expect(world.service.arrivals).toEqual([]);
    expect(world.desk.reports.length).toBeLessThan(40);
    world.desk.away = false;
    await world.turns();
    expectKept(world);
  });

  it('that answered too long ago grants nothing any more', async () => {
    const world = new StrandWorld({ tiles: 2, jobs: 1, sliceSeconds: 15 });
    const [, second = ''] = world.keys;
    const download = world.store.hooks.hold(({ key }) => key === second);
    const attempt = world.begin();
    await world.clock.until(() => world.service.journal.length === 1);
    world.desk.away = true;
    world.clock.suspend(60_000);
    download.release();
    await world.clock.run(attempt.ended);
    expect(world.service.arrivals).toHaveLength(1);
  });

  it('whose reply is lost has still granted: the next report takes its place', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 2 });
    world.desk.loseReply();
    await world.turns();
    expectKept(world);
    expect(world.desk.charged('seer')).toBe(0);
  });

  it('gives a strand less, and submits that no longer fit never leave', async () => {
    const world = new StrandWorld({ tiles: 12, jobs: 6, http: 1, sliceSeconds: 60 });
    world.service.otherwise = () => ({ travelsMs: 2_000, jobMs: 60_000 });
    world.service.fates.push({ ...ACCEPTED_UNHEARD, travelsMs: 500, jobMs: 60_000 });
    const { configured } = world;
    const wants = { want: { jobs: 6, http: 1 }, ttlMs: 3_600_000 };
    const attempt = world.begin();
    await world.clock.until(() => world.service.arrivals.length === 1);
    world.desk.settle(idleReport({ holder: 'other', service: 'seer', run: 'x', configured, ...wants }));
    await world.clock.run(attempt.ended);
    expect(world.service.peak).toBeLessThanOrEqual(6);
    expect(intentsOf(world).length).toBe(callsOf(world).length + 1);
  });
});

describe('tiles', () => {
  it.each([20, 30])('of which the first 20 are all denied halt the lane; of %i none is lost on resume', async (tiles) => {
    const world = new StrandWorld({ tiles, jobs: 2 });
    let refuses = true;
    for (let count = 0; count < tiles; count += 1) world.store.hooks.failNext((call) => refuses && isTile(call), denied());
    const halted = await world.turns();
    refuses = false;
    const message = expect.stringMatching(/^S3 refused the first 20 tiles, .*: S3 refuses it\.$/u);
    expect(halted).toMatchObject({ done: false, halt: { code: 'credentials', blind: false, message } });
    expect(recordsOf(world)).toEqual([]);
    await world.turns({ resumed: true });
    expectKept(world);
    expect(recordsOf(world).every(({ status }) => status === 'ok')).toBe(true);
  });

  it('that are denied among others are recorded, and the rest goes on', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 2 });
    world.store.hooks.failNext(isTile, denied());
    world.store.remove({ bucket: 'bucket', key: world.keys[3] ?? '' });
    await world.turns();
    expectKept(world);
    expect(recordsOf(world).flatMap(({ error_code }) => error_code ?? [])).toEqual(['denied', 'missing']);
  });

  it('that were not there when the list was made are missing also where they have come since: nobody is asked', async () => {
    const world = new StrandWorld({ tiles: 5, jobs: 2, unlisted: 2 });
    world.store.remove({ bucket: 'bucket', key: world.keys[1] ?? '' });
    await world.turns();
    expectKept(world);
    expect(recordsOf(world).map(({ error_code, etag }) => [error_code, etag === null])).toEqual([
      ['missing', true],
      ['missing', true],
      [null, false],
      [null, false],
      [null, false],
    ]);
    expect(world.service.journal).toHaveLength(3);
  });

  it('that were denied already when the list was made need another run, and the halt says so', async () => {
    const world = new StrandWorld({ tiles: 20, unlisted: 20 });
    for (const _key of world.keys) world.store.hooks.failNext(isTile, denied());
    const action = expect.stringMatching(/^Mend that for all of them, then `tilescribe cancel` and run again: /u);
    expect(await world.turns()).toMatchObject({ halt: { code: 'credentials', action } });
  });

  it('that S3 refuses for another reason than who asks are recorded with what it says', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 2 });
    world.store.hooks.failNext(isTile, new ObjectStoreError('refused', 'S3 refused it (InvalidRequest: SSE-C).'));
    await world.turns();
    expectKept(world);
    const failed = recordsOf(world).filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ error_code: 'denied', error_message: 'S3 refused it (InvalidRequest: SSE-C).' }]);
  });

  it('that the input refuses altogether are recorded where they are fewer than 20', async () => {
    const world = new StrandWorld({ tiles: 3, jobs: 2 });
    for (let count = 0; count < 3; count += 1) world.store.hooks.failNext(isTile, denied());
    expect(await world.turns()).toMatchObject({ done: true, tallies: { failed: 3 } });
  });

  it('are downloaded and prepared once for all strands of a worker', async () => {
    const world = new StrandWorld({ tiles: 10, jobs: 2 });
    const rendered: string[] = [];
    const shared = new PreparedTiles(plainRenderer(rendered));
    const other = new StrandWorld({ tiles: 10, jobs: 2 });
    world.tiles = shared;
    other.tiles = shared;
    await Promise.all([world.turns(), other.turns()]);
    expect(rendered.toSorted()).toEqual(world.keys);
    const downloads = [...world.store.calls, ...other.store.calls].filter(isTile);
    expect(downloads).toHaveLength(10);
  });
});

import { describe, expect, it } from 'vitest';
import { Answers } from '../../../activities/advance/answers.ts';
import { PreparedTiles } from '../../../activities/advance/prepared-tiles.ts';
import { followers, MOST_FOLLOWERS } from '../../../domain/identical.ts';
import type { StrandState } from '../../../domain/log.ts';
import { reply } from '../../support/fake-service.ts';
import { plainRenderer } from '../../support/plain-renderer.ts';
import { expectKept, intentsOf, logOf, recorded, recordsOf } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

function lastState(world: StrandWorld): StrandState {
  const head = logOf(world).findLast(({ head: one }) => one.kind === 'slice')?.head;
  if (head?.kind !== 'slice') throw new Error('no slice was written');
  return head.state;
}

/** Another worker goes on: it has prepared and heard nothing. */
function newWorker(world: StrandWorld): void {
  world.tiles = new PreparedTiles(plainRenderer(world.rendered));
  world.answers = new Answers();
}

const WARNING = 'same_request_as=s3://bucket/in/0000.png';

describe('tiles with the same picture', () => {
  it('are asked once for each task, and each has its own record of the answer', async () => {
    const world = new StrandWorld({ tiles: 12, pictures: 3, tasks: ['say', 'count'], jobs: 4 });
    expect(await world.turns()).toMatchObject({ done: true, tallies: { ok: 24, failed: 0 } });
    expectKept(world);
    expect([...world.service.jobsByTask.values()]).toEqual([1, 1, 1, 1, 1, 1]);
    for (const record of recordsOf(world)) {
      const picture = world.pictureOf(record.key);
      const asked = recordsOf(world).find(({ key, task_id }) => key === picture && task_id === record.task_id);
      const shared = ['request_sha256', 'text', 'value', 'finish_reason', 'completion_tokens', 'call_id', 'latency_ms'] as const;
      for (const field of [...shared, 'created_at'] as const) expect(record[field]).toBe(asked?.[field]);
      const own = record.key === picture ? { attempts: 1, warnings: [] } : { attempts: 0 };
      expect(record).toMatchObject({ text: `Seen: ${picture}#${record.task_id}`, ...own });
    }
    expect(recordsOf(world).filter(({ warnings }) => warnings.includes(WARNING))).toHaveLength(6);
    expect(new Set(recordsOf(world).map(({ record_id }) => record_id)).size).toBe(24);
  });

  it.each(['the same worker', 'another worker'])('that come in later slices are not asked by %s', async (who) => {
    const world = new StrandWorld({ tiles: 40, pictures: 20, jobs: 2, sliceSeconds: 15 });
    for (let done = false; !done;) {
      if (who === 'another worker') newWorker(world);
      ({ done } = await world.slice());
    }
    expectKept(world);
    expect(world.service.journal).toHaveLength(20);
    expect(logOf(world).filter(({ head }) => head.kind === 'slice').length).toBeGreaterThan(2);
  });

  it('hold no place: the budget is asked for one job', async () => {
    const world = new StrandWorld({ tiles: 30, pictures: 1, jobs: 8 });
    world.service.jobMs = 60_000;
    await world.turns();
    expectKept(world);
    expect(world.service.journal).toHaveLength(1);
    expect(world.desk.reports.slice(2).every(({ want, inFlight }) => want.jobs <= 1 && inFlight <= 1)).toBe(true);
  });

  it('fail together where the service fails, and count once', async () => {
    const world = new StrandWorld({ tiles: 150, pictures: 1, jobs: 2, maxPercent: 1 });
    world.service.fates.push({ says: reply('rejected'), travelsMs: 20_000 });
    expect(await world.turns()).toMatchObject({ done: true, halt: null, tallies: { failed: 150 } });
    expect(recorded(world)).toEqual(world.everything);
    expect(world.service.arrivals).toHaveLength(1);
    expect(lastState(world)).toMatchObject({ judged: { ended: 1, failed: 1 }, recorded: { 0: 150 } });
    const [first, ...others] = recordsOf(world);
    expect(first).toMatchObject({ error_code: 'service_rejected', attempts: 1, warnings: [] });
    expect(others.every(({ attempts, warnings }) => attempts === 0 && warnings.includes(WARNING))).toBe(true);
  });

  it('are asked anew where the failure was that of tiles before them', async () => {
    const world = new StrandWorld({ tiles: 4, pictures: 2, jobs: 1 });
    world.service.otherwise = () => (world.service.arrivals.length <= 1 ? { says: reply('rejected') } : {});
    const plain = plainRenderer();
    world.tiles = new PreparedTiles({
      render: async (source, image) => {
        if (source.key === world.keys[2]) await world.clock.sleep(30_000);
        return plain.render(source, image);
      },
      close: async () => {},
    });
    await world.turns();
    const records = recordsOf(world).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const codes = records.map(({ error_code, attempts }) => [error_code, attempts]);
    expect(codes).toEqual([
      ['service_rejected', 1],
      [null, 1],
      [null, 1],
      [null, 0],
    ]);
  });

  it('do without the one that was to be asked where its object is gone', async () => {
    const world = new StrandWorld({ tiles: 5, pictures: 1, jobs: 2, sliceSeconds: 5 });
    world.service.fates.push({ says: reply('busy', { retryAfterMs: 60_000 }), travelsMs: 3_000 });
    await world.slice();
    expect(linesWaiting(world)).toEqual([1, 2, 3, 4]);
    newWorker(world);
    world.store.remove({ bucket: 'bucket', key: world.keys[0] ?? '' });
    await world.turns();
    expect(world.service.journal).toHaveLength(1);
    const told = recordsOf(world).map(({ status, error_code, attempts }) => [status, error_code, attempts]);
    const copies = Array.from({ length: 3 }, () => ['ok', null, 0]);
    expect(told).toEqual([['failed', 'missing', 0], ['ok', null, 1], ...copies]);
  });
});

function linesWaiting(world: StrandWorld): number[] {
  return followers(lastState(world)).map(({ line }) => line);
}

describe('tiles that wait for the answer of another', () => {
  it.each(['submitted', 'polled', 'slice', 'slice-put'])('still do after a crash at %s', async (point) => {
    const world = new StrandWorld({ tiles: 24, pictures: 2, jobs: 2, sliceSeconds: 15 });
    world.service.jobMs = 20_000;
    world.service.fates.push({ says: reply('busy', { retryAfterMs: 20_000 }), travelsMs: 3_000 });
    const { slice } = await world.slice();
    expect(linesWaiting(world).length).toBeGreaterThan(0);
    const attempt = world.begin({ turn: 2, slice, reached: (at, machine) => at === point && machine.stop() });
    await world.clock.until(() => !attempt.machine.running);
    world.skipTurns(2);
    await world.turns();
    expectKept(world);
    const doubts = point === 'submitted' ? 1 : 0;
    expect(world.service.journal.length).toBeLessThanOrEqual(2 + doubts);
  });

  it('have no record when the run is cancelled: what is in flight is named once', async () => {
    const world = new StrandWorld({ tiles: 6, pictures: 1, jobs: 2, sliceSeconds: 5 });
    world.service.jobMs = 600_000;
    await world.slice();
    expect(await world.slice({ mode: 'collect', untilMs: world.clock.now() + 1_000 })).toMatchObject({ inFlight: 1 });
    expect(await world.slice({ mode: 'abandon' })).toMatchObject({ done: true, tallies: { ok: 0, failed: 0 } });
    expect(recordsOf(world)).toMatchObject([{ key: world.keys[0], error_code: 'cancelled', call_id: 'fc-1' }]);
  });

  it('wait on beside a submit without an answer, and cost no doubt of their own', async () => {
    const world = new StrandWorld({ tiles: 6, pictures: 1, jobs: 3, orphanMs: 120_000 });
    world.service.fates.push({ says: reply('ambiguous'), runs: true }, { says: reply('ambiguous'), runs: true });
    expect(await world.turns()).toMatchObject({ done: true, tallies: { failed: 6 } });
    expect(intentsOf(world)).toHaveLength(2);
    expect(recordsOf(world).map(({ error_code, attempts }) => [error_code, attempts])).toEqual([
      ['lost', 2],
      ...Array.from({ length: 5 }, () => ['lost', 0]),
    ]);
  });

  it('are so many and no more: the state stays small, and all are recorded', async () => {
    const world = new StrandWorld({ tiles: 1_300, pictures: 1, jobs: 2, sliceSeconds: 15 });
    world.service.jobMs = 60_000;
    await world.slice();
    expect(followers(lastState(world)).length).toBeGreaterThan(MOST_FOLLOWERS / 2);
    expect(followers(lastState(world)).length).toBeLessThanOrEqual(MOST_FOLLOWERS);
    await world.turns();
    expectKept(world);
    expect(world.service.journal).toHaveLength(1);
  });
});

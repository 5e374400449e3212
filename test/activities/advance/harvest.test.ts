import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StrandTakings } from '../../../activities/takings.ts';
import { coverageOf } from '../../../domain/coverage.ts';
import type { FormerHolder, HarvestedJob } from '../../../domain/harvest.ts';
import { NO_FACTS } from '../../../domain/tile.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/units.ts';
import { LANE, StrandWorld } from './strand-world.ts';
import { expectKept, recorded, recordsOf } from './strand-reading.ts';

const HOLDER = 'bucket/out/run=old/seer/0';

function jobOf(world: StrandWorld, line: number, over: Partial<HarvestedJob> = {}): HarvestedJob {
  const tile = world.manifest[line];
  if (tile === undefined) throw new Error(`no tile ${line}`);
  const now = world.clock.now();
  const times = { beganAtMs: now - MINUTE_MS, acceptedAtMs: now - MINUTE_MS, deadlineAtMs: now + HOUR_MS };
  const asked = { task: 'say', facts: { ...NO_FACTS, source_bytes: 7 }, attempts: 1, runId: 'old', holder: HOLDER };
  return { range: 0, line, tile, callId: `old-${line}`, ...asked, ...times, ...over };
}

/** A job of the old run really runs at the service, since a minute, for so long. */
function running(world: StrandWorld, line: number, jobMs: number): void {
  const beganMs = world.clock.now() - MINUTE_MS;
  world.service.journal.push({ callId: `old-${line}`, task: `${world.keys[line]}#say`, beganMs, endsMs: beganMs + jobMs });
}

function holderOf(world: StrandWorld, jobs: readonly HarvestedJob[]): FormerHolder {
  const now = world.clock.now();
  const charged = jobs.map(({ callId, deadlineAtMs }, i) => ({ n: 2, i, callId, deadlineAtMs }));
  const run = { bucket: 'bucket', prefix: 'out/run=old/', runId: 'old' };
  const times = { readAtMs: now, writtenAtMs: now - MINUTE_MS, untilMs: now + HOUR_MS };
  return { holder: HOLDER, run, lane: LANE, strand: 0, released: true, jobs: charged, ...times };
}

/** The old run has gone and named its jobs: the budget charges them. */
function depart(world: StrandWorld, jobs: readonly HarvestedJob[]): void {
  const nothing = {
    inFlight: 0,
    httpInUse: 0,
    limit: null,
    jobMs: null,
    busyMs: 0,
    oldestMs: null,
    remains: [],
    want: { jobs: 0, http: 0 },
  };
  const who = { holder: HOLDER, service: LANE, run: 'old', priority: 'nightly', n: 1, seq: 1, predecessorOpen: false } as const;
  const ambiguous = jobs.map(({ deadlineAtMs: untilMs }) => ({ places: 1, untilMs }));
  world.desk.settle({ ...who, ...nothing, ambiguous, ttlMs: 0, release: true, configured: world.configured });
}

function takeOver(world: StrandWorld, jobs: readonly HarvestedJob[], over: Partial<StrandTakings> = {}): void {
  depart(world, jobs);
  world.takings = { ...world.takings, jobs, holders: [holderOf(world, jobs)], ...over };
}

describe('a strand that takes over jobs of closed runs', () => {
  it('polls each of them before it submits anything, and never asks them again', async () => {
    const world = new StrandWorld({ tiles: 6, jobs: 4 });
    for (const line of [1, 2]) running(world, line, 30_000);
    takeOver(world, [jobOf(world, 1), jobOf(world, 2)]);
    const askedBefore: string[][] = [];
    world.service.otherwise = () => {
      askedBefore.push([...world.service.asked]);
      return {};
    };
    await world.turns();
    expect(askedBefore).toHaveLength(4);
    expect(askedBefore[0]?.toSorted()).toEqual(['old-1', 'old-2']);
    expect([...world.service.jobsByTask.values()]).toEqual([1, 1, 1, 1, 1, 1]);
    expectKept(world);
    const taken = recordsOf(world).filter(({ warnings }) => warnings.includes('harvested_from_run=old'));
    expect(taken.map(({ call_id, source_bytes, latency_ms }) => [call_id, source_bytes, latency_ms])).toEqual([
      ['old-1', 7, null],
      ['old-2', 7, null],
    ]);
    expect(world.rendered).toHaveLength(4);
  });

  it('waits for those that still run, although their deadline is over, and reports when they are done', async () => {
    const world = new StrandWorld({ tiles: 3 });
    running(world, 0, 2 * MINUTE_MS);
    takeOver(world, [jobOf(world, 0)]);
    await world.turns();
    expectKept(world);
    expect(world.service.jobsByTask.get(`${world.keys[0]}#say`)).toBe(1);
    const told = world.desk.reports.map(({ remains, inFlight }) => ({ charges: remains[0]?.charges, inFlight }));
    expect(told[0]).toEqual({ charges: [{ places: 1, untilMs: expect.any(Number) }], inFlight: 0 });
    expect(told.at(-1)).toEqual({ charges: [], inFlight: 0 });
  });

  it('looks for the answer of one whose call became known only after its deadline', async () => {
    const world = new StrandWorld({ tiles: 2 });
    running(world, 0, 1_000);
    takeOver(world, [jobOf(world, 0, { deadlineAtMs: world.clock.now() - 1, acceptedAtMs: world.clock.now() })]);
    await world.turns();
    expectKept(world);
    expect(recordsOf(world)[0]).toMatchObject({ call_id: 'old-0', status: 'ok' });
  });

  it('records an answer that it awaits for tiles with the same picture, too', async () => {
    const world = new StrandWorld({ tiles: 3, pictures: 1 });
    running(world, 1, 2 * MINUTE_MS);
    const sent_sha256 = createHash('sha256')
      .update(world.pictureOf(world.keys[1] ?? ''))
      .digest('hex');
    takeOver(world, [jobOf(world, 1, { facts: { ...NO_FACTS, sent_sha256 } })]);
    await world.turns();
    expect(recorded(world)).toEqual(world.everything);
    expect(world.service.arrivals).toEqual([]);
    const shared = ['harvested_from_run=old', 'same_request_as=s3://bucket/in/0001.png'];
    const told = recordsOf(world).map(({ call_id, attempts, warnings }) => ({ call_id, attempts, warnings }));
    expect(told).toEqual([
      { call_id: 'old-1', attempts: 0, warnings: shared },
      { call_id: 'old-1', attempts: 1, warnings: shared.slice(0, 1) },
      { call_id: 'old-1', attempts: 0, warnings: shared },
    ]);
  });

  it.each([
    ['whose result the service no longer has', { callId: 'forgotten' }],
    ['that is past its deadline and still pending', { deadlineAtMs: 0, callId: 'old-0' }],
  ])('asks a task anew %s', async (_what, over) => {
    const world = new StrandWorld({ tiles: 2 });
    running(world, 0, DAY_MS);
    takeOver(world, [jobOf(world, 0, over)]);
    await world.turns();
    expect(recorded(world)).toEqual(world.everything);
    const [first] = recordsOf(world);
    expect(first).toMatchObject({ attempts: 1, status: 'ok', warnings: [] });
    expect(first?.call_id).not.toBe(over.callId);
  });

  it('goes on with them after a crash, and takes them over once', async () => {
    const world = new StrandWorld({ tiles: 4 });
    running(world, 1, 3 * MINUTE_MS);
    takeOver(world, [jobOf(world, 1)]);
    const crashed = world.begin({ reached: (point, machine) => (point === 'submitted' ? machine.stop() : undefined) });
    await world.clock.advance(20_000);
    expect(crashed.points).toContain('submitted');
    world.skipTurns(1);
    await world.turns();
    expect(recorded(world)).toEqual(world.everything);
    expect(world.service.jobsByTask.get(`${world.keys[1]}#say`)).toBe(1);
  });

  it('begins the other tasks of their tiles too, but for those that are covered', async () => {
    const world = new StrandWorld({ tiles: 1, tasks: ['say', 'count', 'name'] });
    running(world, 0, 1);
    const coverage = coverageOf(new Map([[0, [[0, 0, 0b100]]]]));
    takeOver(world, [jobOf(world, 0)], { coverage, records: new Map([[0, 1]]) });
    const last = await world.turns();
    expect(last).toMatchObject({ tallies: { ok: 3 }, passed: 1, done: true });
    expect(recorded(world)).toEqual([`${world.keys[0]}#count`, `${world.keys[0]}#say`]);
  });

  it('names them where the run is cancelled', async () => {
    const world = new StrandWorld({ tiles: 1 });
    running(world, 0, DAY_MS);
    takeOver(world, [jobOf(world, 0)]);
    await world.slice({ untilMs: world.clock.now() + 5_000 });
    await world.slice({ mode: 'abandon' });
    expect(recordsOf(world)).toMatchObject([{ error_code: 'cancelled', call_id: 'old-0' }]);
    expect(world.desk.reports.at(-1)).toMatchObject({ release: true, ambiguous: [], remains: [{ holder: HOLDER }] });
  });
});

describe('a strand that takes over records of closed runs', () => {
  it('neither downloads nor asks what is covered, and passes the range', async () => {
    const world = new StrandWorld({ tiles: 9, rangeTiles: 4 });
    const coverage = coverageOf(
      new Map([
        [0, [[0, 3, 1]]],
        [1, [[1, 2, 1]]],
      ]),
    );
    world.takings = {
      ...world.takings,
      coverage,
      records: new Map([
        [0, 4],
        [1, 2],
      ]),
    };
    const last = await world.turns();
    expect(last).toMatchObject({ tallies: { ok: 9 }, passed: 3, done: true });
    const asked = [4, 7, 8].map((line) => world.keys[line]);
    expect(world.rendered.toSorted()).toEqual(asked);
    expect(recorded(world)).toEqual(asked.map((key) => `${key}#say`));
    expect(world.desk.reports[0]?.want.jobs).toBe(3);
  });

  it('is done at once where everything is covered', async () => {
    const world = new StrandWorld({ tiles: 5 });
    world.takings = { ...world.takings, coverage: coverageOf(new Map([[0, [[0, 4, 1]]]])), records: new Map([[0, 5]]) };
    expect(await world.slice()).toMatchObject({ done: true, passed: 1, tallies: { ok: 5 } });
    expect(world.service.arrivals).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { inRun, PATHS, runPlace } from '../../domain/layout.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import { Failure } from '../../domain/failure.ts';
import { IntakeWorld, Killed, SPEC } from './intake-world.ts';

const REGISTER = /^harbours\/current\/_intake\/harbours-[0-9a-f]{16}\.json$/u;

function registerKey(world: IntakeWorld): string {
  return world.store.keys('results').find((key) => REGISTER.test(key)) ?? '';
}

function claimed(world: IntakeWorld): unknown {
  const { claims } = JSON.parse(world.store.text(`s3://results/${registerKey(world)}`)) as { claims: { run_id: string }[] };
  return claims.map(({ run_id: id }) => id);
}

/** An intake that dies once it has announced a run, before it starts it. */
async function announced(world: IntakeWorld): Promise<void> {
  const { start } = world.runs;
  world.runs.start = () => Promise.reject(new Killed());
  await expect(world.run()).rejects.toBeInstanceOf(Killed);
  world.runs.start = start;
  await world.clock.advance(120_000);
}

/** What a run leaves that was cancelled before its input was frozen. */
function cancelledEarly(world: IntakeWorld, runId: string): void {
  const none = { inputs: 0, tasks: 1, expected: 0, ok: 0, failed: 0, skipped: 0, unfinished: 0 };
  const at = '2026-01-01T00:00:00.000Z';
  const more = { dataset: 'harbours', state: 'cancelled', started_at: at, ended_at: at, ignored: IGNORED_NONE };
  const manifest = { schema_version: 1, run_id: runId, ...more, ...none, missing: [], parts: [] };
  world.store.overwrite(inRun(runPlace(SPEC.output.uri, runId), PATHS.manifest), JSON.stringify(manifest));
}

describe('the register of open runs', () => {
  it('names a run before it is started, and no longer once it has ended and another is announced', async () => {
    const world = new IntakeWorld();
    for (const key of ['tiles/a.tif', 'tiles/b.tif']) {
      world.queue.send(world.put(key));
      await world.run();
      expect(claimed(world)).toEqual([world.runs.started.at(-1)]);
      await world.clock.advance(600_000);
    }
  });

  it('lets whoever gets its messages start a run that was announced and never started', async () => {
    const world = new IntakeWorld();
    world.queue.send(world.put('tiles/a.tif'));
    await announced(world);
    expect(world.runs.started).toEqual([]);
    world.queue.send(world.put('tiles/b.tif'));
    const { counts, open } = await world.run();
    expect(counts).toMatchObject({ messages: 2, tiles: 2, runs: 2, removed: 2, dropped: { owned: 1 } });
    expect(open.toSorted()).toEqual(world.runs.started.toSorted());
    expect(world.missed()).toEqual([]);
  });

  it('keeps an event, older than what the run has frozen, from being asked again while the run is open', async () => {
    const world = new IntakeWorld();
    const [first, second] = [world.put('tiles/a.tif'), world.put('tiles/a.tif')];
    world.put('tiles/a.tif');
    world.queue.send(first);
    await world.run();
    world.queue.send(second);
    const { counts } = await world.run();
    expect(counts).toMatchObject({ removed: 1, tiles: 1, runs: 1 });
    expect(world.runs.asked.map(({ name }) => name)).toEqual(['tiles/a.tif@e3']);
    expect(world.clock.monotonicMs()).toBeGreaterThan(60_000);
  });

  it('receives nothing while a whole batch waits for open runs to end', async () => {
    const world = new IntakeWorld();
    world.runs.times = { freezeMs: 0, askMs: 600_000 };
    const keys = Array.from({ length: 6 }, (_, n) => `tiles/${n}.tif`);
    for (const key of keys) world.queue.send(world.put(key));
    await world.run({ batch: 6 });
    for (const key of keys) world.queue.send(world.put(key));
    await world.run({ batch: 3 });
    expect(world.told).toContain('3 objects of open runs changed again, or came twice: nothing is received until one has ended');
    expect(world.missed()).toEqual([]);
  });

  it('costs a batch the same few requests, however many events are in it', async () => {
    const requests = async (events: number): Promise<string[]> => {
      const world = new IntakeWorld();
      world.runs.times = { freezeMs: 0, askMs: 0 };
      for (let n = 0; n < events; n += 1) world.queue.send(world.put(`tiles/${n}.tif`));
      await world.run({ batch: 1_000 });
      return world.store.calls.map(
        ({ verb, key }) => `${verb} ${key.replace(/^harbours\//u, '').replaceAll(/[0-9a-f]{16}/gu, '*')}`,
      );
    };
    const [few, many] = [await requests(2), await requests(1_000)];
    expect(few).toEqual(many);
    expect(few.slice(0, 4)).toEqual([
      'head current/_intake/harbours-*.json',
      'get run=harbours-intake-*/manifest.json',
      'put current/_intake/harbours-intake-*.jsonl',
      'put current/_intake/harbours-*.json',
    ]);
  });

  it('is damaged: the sentence names it and what to do', async () => {
    const world = new IntakeWorld();
    world.queue.send(world.put('tiles/a.tif'));
    await world.run();
    world.store.overwrite({ bucket: 'results', key: registerKey(world) }, '{}');
    world.queue.send(world.put('tiles/b.tif'));
    const refused = world.run();
    await expect(refused).rejects.toMatchObject({ kind: 'Internal' });
    await expect(refused).rejects.toThrow(/_intake\/harbours-\w+\.json is not as tilescribe writes it\. Remove it once no run/u);
    expect(world.queue.size).toBe(1);
  });
});

describe('tiles whose run was cancelled before it had them', () => {
  it('get a run of another name when the intake is started again', async () => {
    const world = new IntakeWorld();
    world.queue.send(world.put('tiles/a.tif'));
    await announced(world);
    const [runId = ''] = claimed(world) as string[];
    const { look } = world.runs;
    world.runs.look = async (id) => (id === runId ? 'ended' : look.call(world.runs, id));
    cancelledEarly(world, runId);
    const { counts } = await world.run();
    expect(counts).toMatchObject({ tiles: 1, runs: 1, removed: 1 });
    expect(world.runs.started).toHaveLength(1);
    expect(world.runs.started).not.toContain(runId);
    expect(world.missed()).toEqual([]);
  });

  it('do so too where Temporal has forgotten the run', async () => {
    const world = new IntakeWorld();
    world.queue.send(world.put('tiles/a.tif'));
    await announced(world);
    const [runId = ''] = claimed(world) as string[];
    cancelledEarly(world, runId);
    await world.run();
    expect(world.runs.started).not.toContain(runId);
    expect(world.missed()).toEqual([]);
  });
});

describe('a run that could not begin', () => {
  it('is started again by the intake that gets its messages, which ends with what is wrong where it still is', async () => {
    const world = new IntakeWorld();
    world.queue.send(world.put('tiles/a.tif'));
    const { look, start } = world.runs;
    const tried: string[] = [];
    world.runs.start = async (runId) => void tried.push(runId);
    world.runs.look = async () => new Failure('Denied', 'S3 refused the output.');
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(world.run()).rejects.toMatchObject({ kind: 'Denied' });
      await world.clock.advance(120_000);
    }
    expect([tried.length, new Set(tried).size]).toEqual([2, 1]);
    Object.assign(world.runs, { look, start });
    expect((await world.run()).counts).toMatchObject({ tiles: 1, runs: 1, removed: 1 });
    expect(world.missed()).toEqual([]);
  });
});

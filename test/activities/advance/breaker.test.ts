import { describe, expect, it } from 'vitest';
import type { StrandState } from '../../../domain/log.ts';
import { ERROR } from '../../support/qwen-replies.ts';
import { reply } from '../../support/fake-service.ts';
import { pollSays, submitSays } from '../../support/wire-replies.ts';
import { expectKept, logOf, recorded } from './strand-reading.ts';
import { StrandWorld } from './strand-world.ts';

const WELL = 2_000;
const JOBS = 16;

/** A service that answers so many tasks and then refuses every other. */
function failingAfter(world: StrandWorld, well: number): void {
  world.service.otherwise = () =>
    world.service.journal.length < well ? {} : { says: submitSays({ status: 422, body: ERROR }), runs: false };
}

function stateOf(world: StrandWorld): StrandState {
  const last = logOf(world).findLast(({ head }) => head.kind === 'slice')?.head;
  if (last?.kind !== 'slice') throw new Error('no slice was written');
  return last.state;
}

describe('a service that fails everything after 2,000 tasks that went well', () => {
  it('halts its lane within 150 further tasks; resume counts afresh, and no job is lost or repeated', async () => {
    const world = new StrandWorld({ tiles: 2_400, jobs: JOBS, http: JOBS, maxPercent: 20 });
    failingAfter(world, WELL);
    const halted = await world.turns();
    expect(halted).toMatchObject({ done: false, halt: { code: 'failures', blind: false } });
    expect(halted.halt?.message).toMatch(/^\d+ of the last 500 tasks that ended failed .* more than failures\.maxPercent 20$/u);
    const { ok, failed } = halted.tallies;
    expect(failed).toBeLessThanOrEqual(150);
    expect(failed / (ok + failed)).toBeLessThan(0.2);

    expect((await world.collected()).tallies.ok).toBe(world.service.journal.length);
    world.service.otherwise = () => ({});
    expect(await world.turns({ resumed: true })).toMatchObject({ done: true, halt: null });
    expect(recorded(world)).toEqual(world.everything);
    expect(world.service.journal).toHaveLength(2_400 - failed);
    expect(stateOf(world).judged).toMatchObject({ failed: 0 });
  });
});

describe('jobs in flight when too many have failed', () => {
  it('are collected without resume, and none is asked twice after it', async () => {
    const world = new StrandWorld({ tiles: 160, jobs: 8, maxPercent: 10 });
    const answersWell = (task: string): boolean => world.everything.indexOf(task) % 2 === 1;
    world.service.answers = ({ callId, task }) =>
      answersWell(task) ? null : pollSays(callId, { status: 404, body: JSON.stringify({ error: 'Result expired' }) });
    const halted = await world.turns();
    expect(halted).toMatchObject({
      done: false,
      halt: { code: 'failures', message: expect.stringContaining('since the run began') },
    });
    const asked = world.service.journal.length;
    await world.collected();
    expect(world.service.journal).toHaveLength(asked);
    world.service.answers = () => null;
    await world.turns({ resumed: true });
    expect(recorded(world)).toEqual(world.everything);
    const jobs = [...world.service.jobsByTask.values()];
    expect(Math.max(...jobs)).toBeLessThanOrEqual(2);
    const paidTwice = [...world.service.jobsByTask].filter(([task, count]) => answersWell(task) && count > 1);
    expect(paidTwice).toEqual([]);
  });

  it('may halt the lane again right after resume only once 100 more have ended', async () => {
    const world = new StrandWorld({ tiles: 400, jobs: 8, maxPercent: 10 });
    world.service.otherwise = () => ({ says: reply('rejected'), runs: false });
    const first = await world.turns();
    const second = await world.turns({ resumed: true });
    expect(second.halt).toMatchObject({ code: 'failures' });
    expect(second.tallies.failed - first.tallies.failed).toBeGreaterThanOrEqual(100);
    expect(second.tallies.failed - first.tallies.failed).toBeLessThan(110);
  });

  it('are never a reason to halt where the tiles are at fault', async () => {
    const world = new StrandWorld({ tiles: 200, jobs: 4, maxPercent: 0 });
    for (const key of world.keys.slice(50)) world.store.remove({ bucket: 'bucket', key });
    expect(await world.turns()).toMatchObject({ done: true, halt: null, tallies: { ok: 50, errors: { missing: 150 } } });
  });
});

describe('what the errors of a strand say', () => {
  it('is in its result: a few kinds with counts, however many tasks failed', async () => {
    const world = new StrandWorld({ tiles: 60, jobs: 8 });
    const kinds = ['CUDA out of memory', 'the prompt is too long'];
    world.service.otherwise = ({ picture }) => {
      const n = world.keys.indexOf(Buffer.from(picture).toString());
      return {
        says: submitSays({ status: 400, body: JSON.stringify({ error: `${kinds[n % 2]} (call fc-${n}x at ${n} ms)` }) }),
        runs: false,
      };
    };
    const { fingerprints, slice } = await world.turns();
    expect(fingerprints).toMatchObject([
      {
        count: 30,
        code: 'service_rejected',
        service: 'seer',
        text: expect.stringContaining('CUDA out of memory (call <id> at # ms)'),
      },
      { count: 30, example: { uri: 's3://bucket/in/0001.png' } },
    ]);
    expect(slice).toBeGreaterThan(0);
  });

  it('survives slices and resume like the tallies, and adds up to them', async () => {
    const world = new StrandWorld({ tiles: 150, jobs: 8, maxPercent: 10, sliceSeconds: 15 });
    failingAfter(world, 20);
    await world.turns();
    world.service.otherwise = () => ({});
    const { fingerprints = [], tallies } = await world.turns({ resumed: true });
    expect(fingerprints.reduce((sum, { count }) => sum + count, 0)).toBe(tallies.failed);
    expectKept(world);
  });
});

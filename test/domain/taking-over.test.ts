import { describe, expect, it } from 'vitest';
import { harvestedFrom, takenOver, type HarvestedJob } from '../../domain/harvest.ts';
import { NEW_TASK } from '../../domain/log.ts';
import { remainsOf } from '../../domain/remains.ts';
import { dropped, newStrand } from '../../domain/strand.ts';
import { givenUp, hasUnheard, ownJobs, takenJobs, withTakings } from '../../domain/taking-over.ts';
import { NO_FACTS } from '../../domain/tile.ts';
import { recordOf } from '../report/fixture.ts';
import { DEADLINE, intents, intentOf, NOW, tileAt } from './strand-states.ts';
import { emptyFold, fold } from '../../domain/fold.ts';

const HOLDER = 'bucket/out/run=old/vqa/0';

function jobAt(line: number): HarvestedJob {
  const times = { beganAtMs: NOW - 1_000, acceptedAtMs: NOW - 900, deadlineAtMs: DEADLINE };
  const asked = { attempts: 2, runId: 'old', holder: HOLDER, callId: `fc-${line}` };
  return { range: 0, line, task: 'caption', tile: tileAt(line), facts: NO_FACTS, ...asked, ...times };
}

const TAKINGS = { jobs: [jobAt(4), jobAt(6)], records: new Map([[0, 3]]), errors: {} };

describe('a strand that takes over', () => {
  it('does so once, counts the records and has the jobs in flight', () => {
    const once = withTakings(newStrand(0), TAKINGS, NOW);
    expect(once).toMatchObject({ tallies: { ok: 3 }, recorded: { 0: 3 }, harvested: true });
    expect(takenJobs(once).map(({ callId }) => callId)).toEqual(['fc-4', 'fc-6']);
    expect(ownJobs(takenJobs(once))).toEqual([]);
    expect(hasUnheard(once)).toBe(true);
    expect(withTakings(once, TAKINGS, NOW)).toBe(once);
  });

  it('gives a job up by asking as for the first time', () => {
    const state = withTakings(newStrand(0), TAKINGS, NOW);
    const [job] = takenJobs(state);
    expect(job && givenUp(state, job, NOW + 5).tasks[0]).toMatchObject({ history: NEW_TASK, jobs: [], owedAtMs: NOW + 5 });
  });

  it('keeps what an attempt before it had asked meanwhile', () => {
    const before = fold(emptyFold(0), intents(2, [intentOf(4)]), NOW).state;
    const state = withTakings(before, TAKINGS, NOW);
    const task = state.tasks.find(({ line }) => line === 4);
    expect(task?.jobs.map(({ callId, n }) => ({ callId, n }))).toEqual([
      { callId: null, n: 2 },
      { callId: 'fc-4', n: 0 },
    ]);
    const [taken] = takenJobs(state);
    expect(taken && givenUp(state, taken, NOW).tasks.find(({ line }) => line === 4)?.history.attempts).toBe(1);
  });
});

describe('what remains of a former holder', () => {
  const charged = (callId: string | null, deadlineAtMs = DEADLINE) => ({ n: 2, i: 0, callId, deadlineAtMs });
  const jobs = [charged('fc-4'), charged('fc-6'), charged('other'), charged(null), charged('over', NOW)];
  const run = { bucket: 'bucket', prefix: 'out/run=old/', runId: 'old' };
  const times = { readAtMs: NOW - 10, writtenAtMs: NOW - 20, untilMs: DEADLINE };
  const former = { holder: HOLDER, run, lane: 'vqa', strand: 0, released: true, jobs, ...times };

  it('is what has not ended here, and what nobody here knows of', () => {
    const state = withTakings(newStrand(0), TAKINGS, NOW);
    const places = (at: typeof state): number | undefined =>
      remainsOf([former], { taken: TAKINGS.jobs, state: at }, NOW)[0]?.charges.reduce((sum, charge) => sum + charge.places, 0);
    expect(places(state)).toBe(4);
    const [first, second] = takenJobs(state);
    expect(first && places(dropped(state, first))).toBe(3);
    expect(first && second && places(dropped(dropped(state, first), second))).toBe(2);
  });

  it('is told as long as somebody may be charged, with when its log was read', () => {
    const of = { taken: TAKINGS.jobs, state: withTakings(newStrand(0), TAKINGS, NOW) };
    expect(remainsOf([former], of, NOW)).toMatchObject([{ holder: HOLDER, readAtMs: NOW - 10 }]);
    expect(remainsOf([former], of, DEADLINE)).toEqual([{ holder: HOLDER, readAtMs: 0, charges: [] }]);
    expect(remainsOf([former], { ...of, state: newStrand(0) }, DEADLINE)).toEqual([]);
  });
});

describe('a record taken over', () => {
  it('is of the new run and says who asked; one that was taken over before keeps its asker', () => {
    const as = { runId: 'new', dataset: 'd', taskId: 't' };
    const once = takenOver(recordOf({ run_id: 'old' }), as);
    expect(once).toEqual({ ...recordOf(), run_id: 'new', dataset: 'd', task_id: 't', warnings: ['harvested_from_run=old'] });
    expect(harvestedFrom(takenOver(once, { ...as, runId: 'newer' }))).toBe('old');
    expect(harvestedFrom(recordOf())).toBeNull();
  });
});

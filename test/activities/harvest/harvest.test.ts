import { describe, expect, it } from 'vitest';
import { holderId } from '../../../domain/ids.ts';
import type { ErrorCode } from '../../../domain/errors.ts';
import { PATHS } from '../../../domain/layout.ts';
import type { RetrySpec } from '../../../domain/spec.ts';
import { DAY_MS, MINUTE_MS } from '../../../domain/units.ts';
import { RECORD } from '../../../schema/record.ts';
import { captionOf, HarvestWorld, inFlight, NOW, placeOf, runOf, tileOf } from './harvest-world.ts';

const TILES = ['a', 'b', 'c', 'd'].map((key) => tileOf(`tiles/${key}.tif`));
const [A, B, C, D] = TILES as [(typeof TILES)[0], (typeof TILES)[0], (typeof TILES)[0], (typeof TILES)[0]];
const OLD = runOf('old');
const TIMES = { beganAtMs: NOW - 5 * MINUTE_MS, deadlineAtMs: NOW + 30 * MINUTE_MS };

/** A world in which `new` has its input and has not begun. */
function world(): HarvestWorld {
  const made = new HarvestWorld();
  made.begin(OLD, TILES);
  made.begin(runOf('new', { startedAt: new Date(NOW).toISOString() }), TILES);
  return made;
}

describe('a harvest', () => {
  it('of an output without another run finds nothing with one listing, and says that it is done', async () => {
    const alone = new HarvestWorld();
    alone.begin(runOf('new'), TILES);
    expect(await alone.harvest('new')).toEqual({ records: 0, jobs: 0 });
    const folders = alone.store.calls.filter(({ verb, key }) => verb === 'list' && key.endsWith('run='));
    expect(folders).toHaveLength(1);
    expect(alone.store.keys('results', `${placeOf('new').prefix}_work/harvest`)).toEqual([
      `${placeOf('new').prefix}${PATHS.harvest}`,
    ]);
  });

  it('takes over finished records as records of the new run that say who asked', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A), captionOf(OLD, C)]);
    expect(await made.harvest('new')).toEqual({ records: 2, jobs: 0 });
    const records = await made.records('new');
    expect(records.map(({ key, run_id, text, warnings }) => ({ key, run_id, text, warnings }))).toEqual(
      [A, C].map(({ key }) => ({ key, run_id: 'new', text: `old saw ${key}`, warnings: ['harvested_from_run=old'] })),
    );
    for (const record of records) expect(RECORD.safeParse(record).success).toBe(true);
    const { coverage, records: counts } = await made.takings('new');
    expect([0, 1, 2, 3].map((line) => coverage.maskAt({ range: 0, line }))).toEqual([1, 0, 1, 0]);
    expect(counts).toEqual(new Map([[0, 2]]));
  });

  it('does so too after the working files of the closed run were removed', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A), captionOf(OLD, C)], 'complete');
    made.log(OLD, [], [captionOf(OLD, A), captionOf(OLD, C)]);
    const { bucket, prefix } = placeOf('old');
    for (const key of made.store.keys(bucket, `${prefix}_work/`)) made.store.remove({ bucket, key });
    expect(await made.harvest('new')).toEqual({ records: 2, jobs: 0 });
    expect((await made.records('new')).map(({ key }) => key)).toEqual([A.key, C.key]);
  });

  it.each([
    ['failed', { status: 'failed', error_code: 'expired', text: null }],
    ['of another question', { record_id: '0'.repeat(64) }],
    ['no record', { width: 'wide' as never }],
  ] as const)('leaves a record that is %s', async (_what, over) => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A, over), captionOf(OLD, B)]);
    expect(await made.harvest('new')).toEqual({ records: 1, jobs: 0 });
  });

  it('takes over an answer of any age', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A, { created_at: new Date(NOW - 800 * DAY_MS).toISOString() })]);
    expect(await made.harvest('new')).toEqual({ records: 1, jobs: 0 });
  });

  it('takes over a failure that the same object would give again, and asks again what may go better', async () => {
    const made = world();
    const failed = (code: ErrorCode) => ({ status: 'failed', error_code: code, error_message: 'no', text: null }) as const;
    made.close(OLD, [
      captionOf(OLD, A, failed('decode_failed')),
      captionOf(OLD, B, { ...failed('empty_tile'), status: 'skipped' }),
      captionOf(OLD, C, failed('timeout')),
    ]);
    expect(await made.harvest('new')).toEqual({ records: 2, jobs: 0 });
    expect((await made.takings('new')).errors).toEqual({ decode_failed: 1, empty_tile: 1 });
    expect(await made.owed('new')).toEqual({ new: 5, changed: 0, stale: 0, failed: 3, done: 0, owed: 6 });
  });

  it('takes over nothing that a spec wants asked again, and of a retry all but what it names', async () => {
    const made = world();
    const failed = (code: ErrorCode) => ({ status: 'failed', error_code: code, error_message: 'no', text: null }) as const;
    made.close(OLD, [
      captionOf(OLD, A),
      captionOf(OLD, B, failed('lost')),
      captionOf(OLD, C, failed('timeout')),
      captionOf(OLD, D, failed('decode_failed')),
    ]);
    made.begin(runOf('all', { spec: { ...OLD.spec, all: true } }), TILES);
    expect(await made.harvest('all')).toEqual({ records: 0, jobs: 0 });
    const retrying = (retry: Partial<RetrySpec>) => ({ spec: { ...OLD.spec, retry: { run: 'old', ...retry } } });
    made.begin(runOf('timeouts', retrying({ codes: ['timeout'] })), TILES);
    await made.harvest('timeouts');
    const asked = async (run: string) => {
      const { coverage } = await made.takings(run);
      return TILES.filter((_tile, line) => coverage.maskAt({ range: 0, line }) === 0);
    };
    expect(await asked('timeouts')).toEqual([C]);
    made.begin(runOf('inputs', retrying({ classes: ['input'] })), TILES);
    await made.harvest('inputs');
    expect(await asked('inputs')).toEqual([D]);
    made.begin(runOf('failures', retrying({})), TILES);
    await made.harvest('failures');
    expect(await asked('failures')).toEqual([B, C, D]);
  });

  it('says why something is owed: the object, the question, its preparation', async () => {
    const made = world();
    const unprepared = runOf('unprepared', { preparation: 'p0' });
    made.begin(unprepared, TILES, { preparation: 'p0' });
    made.close(unprepared, [captionOf(unprepared, B)]);
    made.close(OLD, [captionOf(OLD, tileOf(A.key, 'before')), captionOf(OLD, C)]);
    await made.harvest('new');
    expect(await made.owed('new')).toEqual({ new: 5, changed: 1, stale: 1, failed: 0, done: 1, owed: 7 });
  });

  it('leaves what was answered about an object that has changed, or whose etag nobody knows', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, tileOf(A.key, 'before')), captionOf(OLD, { ...B, etag: null })]);
    expect(await made.harvest('new')).toEqual({ records: 0, jobs: 0 });
  });

  it('takes the latest of several, whose asker stays the one who asked', async () => {
    const made = world();
    const later = runOf('later', { startedAt: new Date(NOW - DAY_MS / 3).toISOString() });
    made.begin(later, TILES);
    made.close(OLD, [captionOf(OLD, A), captionOf(OLD, B)]);
    made.close(later, [captionOf(later, A), captionOf(later, C, { warnings: ['harvested_from_run=first'] })]);
    expect(await made.harvest('new')).toEqual({ records: 3, jobs: 0 });
    const records = await made.records('new');
    expect(new Map(records.map(({ key, warnings }) => [key, warnings[0]]))).toEqual(
      new Map([
        [A.key, 'harvested_from_run=later'],
        [B.key, 'harvested_from_run=old'],
        [C.key, 'harvested_from_run=first'],
      ]),
    );
  });

  it('leaves open runs alone, and skips what is not ours or damaged', async () => {
    const made = world();
    made.log(OLD, [], [captionOf(OLD, A)]);
    made.registry.begin('old');
    made.put(placeOf('foreign'), 'notes.txt', 'hello');
    made.put(placeOf('damaged'), PATHS.run, '{');
    made.put(placeOf('damaged'), PATHS.manifest, '{}');
    expect(await made.harvest('new')).toEqual({ records: 0, jobs: 0 });
  });

  it('reads the log of a run that was terminated, after its workers have heard of it, and writes nothing there', async () => {
    const made = world();
    made.log(OLD, [inFlight(B, 'fc-1', TIMES)], [captionOf(OLD, A)]);
    const before = made.store.keys('results', placeOf('old').prefix);
    expect(await made.harvest('new')).toEqual({ records: 1, jobs: 1 });
    expect(made.slept).toEqual([20_000]);
    expect(made.store.keys('results', placeOf('old').prefix)).toEqual(before);
  });

  it('imports jobs in flight, also those recorded as cancelled, and names who is charged', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A)]);
    const late = { beganAtMs: NOW - 2 * DAY_MS, deadlineAtMs: NOW - DAY_MS };
    const ancient = { beganAtMs: NOW - 8 * DAY_MS, deadlineAtMs: NOW - 7 * DAY_MS };
    const tasks = [inFlight(B, 'fc-b', TIMES), inFlight(C, 'fc-c', late), inFlight(D, 'fc-d', ancient), inFlight(D, null, TIMES)];
    made.log(OLD, tasks);
    expect(await made.harvest('new')).toEqual({ records: 1, jobs: 2 });
    const { jobs, holders } = await made.takings('new');
    const holder = holderId(placeOf('old'), 'caption', 0);
    expect(jobs.map(({ line, callId, runId, holder: of }) => ({ line, callId, runId, of }))).toEqual([
      { line: 1, callId: 'fc-b', runId: 'old', of: holder },
      { line: 2, callId: 'fc-c', runId: 'old', of: holder },
    ]);
    expect(holders).toMatchObject([{ holder, released: true, untilMs: TIMES.deadlineAtMs }]);
    expect(holders[0]?.jobs.map(({ callId }) => callId)).toEqual(['fc-b', 'fc-c', 'fc-d', null]);
  });

  it('collects what a run left whose window ended, however complete it is for the rest', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A)], { window_ended: true });
    made.log(OLD, [inFlight(B, 'fc-b', TIMES)]);
    expect(await made.harvest('new')).toEqual({ records: 1, jobs: 1 });
  });

  it('prefers a finished record to a job in flight, and never asks another service for a call', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A)]);
    made.log(OLD, [inFlight(A, 'fc-a', TIMES), inFlight(B, 'fc-b', TIMES)]);
    expect(await made.harvest('new')).toEqual({ records: 1, jobs: 1 });
    const moved = { ...OLD.services['caption'], baseUrl: 'https://elsewhere.example.org' } as (typeof OLD.services)[string];
    made.begin(runOf('moved', { services: { ...OLD.services, caption: moved } }), TILES);
    expect(await made.harvest('moved')).toEqual({ records: 1, jobs: 0 });
  });

  it('done twice is done once, whoever came first', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A)]);
    await made.harvest('new', 'first');
    made.close(OLD, [captionOf(OLD, A), captionOf(OLD, B)]);
    expect(await made.harvest('new', 'second')).toEqual({ records: 1, jobs: 0 });
    expect(made.store.keys('results', `${placeOf('new').prefix}_work/harvest/second`)).toEqual([]);
  });

  it('takes over nothing where strands have begun without it', async () => {
    const made = world();
    made.close(OLD, [captionOf(OLD, A)]);
    made.put(placeOf('new'), PATHS.logObject('caption', 0, 1), '{}');
    expect(await made.harvest('new')).toEqual({ records: 0, jobs: 0 });
  });
});

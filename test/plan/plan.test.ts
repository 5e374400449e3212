import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../domain/errors.ts';
import { CONFIGURATION } from '../activities/run-fixture.ts';
import { OutputWorld, SPEC, type Endings } from './output-world.ts';

function world(...keys: string[]): OutputWorld {
  const made = new OutputWorld();
  for (const key of keys) made.tile(key, `first ${key}`);
  return made;
}

const asking = (question: string) => ({ tasks: [SPEC.tasks[0], { ...SPEC.tasks[1], question }] });

describe('a plan', () => {
  it('of an output without runs owes everything, and says what it would take', async () => {
    const made = world('a.tif', 'b.tif', 'notes.txt');
    const plan = await made.plan();
    expect(plan.totals).toEqual({ new: 4, changed: 0, stale: 0, failed: 0, done: 0, owed: 4, jobs: 4, identical: 0, ignored: 1 });
    expect(plan.input).toMatchObject({ tiles: 2, ignored: { sidecar: 1 } });
    expect(plan.tasks.map(({ task_id, owed }) => [task_id, owed])).toEqual([
      ['caption', 2],
      ['ships', 2],
    ]);
    expect(plan.reasons).toEqual([
      { state: 'new', reason: null, owed: true, count: 4, samples: ['s3://imagery/tiles/a.tif', 's3://imagery/tiles/b.tif'] },
    ]);
    expect(plan.estimate.services.map(({ service, jobs, basis }) => [service, jobs, basis])).toEqual([
      ['caption', 2, 'assumed'],
      ['vqa', 2, 'assumed'],
    ]);
  });

  it.each([
    { where: 'there is nothing', keys: [], over: {}, says: 'nothing is there' },
    {
      where: 'everything is left out',
      keys: ['a.tif', 'b.txt'],
      over: { input: { ...SPEC.input, include: ['*.png'] } },
      says: '2 looked at, none is a tile',
    },
    {
      where: 'nothing is named',
      keys: ['a.jsonl'],
      over: { input: { uri: 's3://imagery/tiles/a.jsonl' } },
      says: 'it has no lines',
    },
  ])('is refused where $where, in the words of a run', async ({ keys, over, says }) => {
    const made = new OutputWorld();
    for (const key of keys) made.tile(key, '\n');
    const refused: unknown = await made.plan(over).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'NotFound', message: expect.stringContaining(says) as string });
    await expect(made.open('first', over)).rejects.toThrow((refused as Error).message);
  });

  it('is refused where nothing is left to retry, in the words of a run', async () => {
    const made = world('a.tif');
    await made.run('first');
    const retry = { retry: { run: 'first' } };
    const refused: unknown = await made.plan(retry).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'NotFound' });
    await expect(made.open('second', retry)).rejects.toThrow((refused as Error).message);
  });

  it('writes nothing', async () => {
    const made = world('a.tif');
    await made.run('first');
    const before = made.store.keys('results');
    await made.plan();
    expect(made.store.keys('results')).toEqual(before);
  });

  it('after a run owes what is new, what changed, what the question changed, and what failed, each with its reason', async () => {
    const made = world('a.tif', 'b.tif', 'c.tif', 'd.tif');
    await made.run('first', {}, ({ key }, task) => (key.endsWith('c.tif') && task === 'caption' ? 'timeout' : null));
    made.tile('b.tif', 'another picture');
    made.tile('e.tif', 'new');
    const plan = await made.plan(asking('How many boats?'));
    expect(plan.totals).toMatchObject({ new: 2, changed: 2, stale: 3, failed: 1, done: 2, owed: 8 });
    expect(plan.reasons.map(({ state, reason, count, samples }) => [state, reason, count, samples[0]])).toEqual([
      ['new', null, 2, 's3://imagery/tiles/e.tif'],
      ['changed', 'object', 2, 's3://imagery/tiles/b.tif'],
      ['stale', 'prompt', 3, 's3://imagery/tiles/a.tif'],
      ['failed', 'timeout', 1, 's3://imagery/tiles/c.tif'],
      ['done', null, 2, 's3://imagery/tiles/a.tif'],
    ]);
    expect(plan.earlier_runs).toMatchObject([{ run_id: 'first', state: 'complete', tiles: 4 }]);
    expect(plan.harvest).toMatchObject({ records: 2, from: [{ run_id: 'first', records: 2 }] });
    expect(plan.estimate.services.find(({ service }) => service === 'caption')).toMatchObject({ jobs: 3, basis: 'measured' });
  });

  it('asks nothing again where the object fails again, and everything where that is wanted', async () => {
    const made = world('a.tif', 'b.tif');
    await made.run('first', {}, ({ key }) => (key.endsWith('b.tif') ? 'decode_failed' : null));
    expect((await made.plan()).totals).toMatchObject({ failed: 2, done: 2, owed: 0, jobs: 0 });
    expect((await made.plan({ all: true })).totals).toMatchObject({ failed: 2, done: 2, owed: 4, jobs: 4 });
  });

  it('counts the same object under several keys as one job', async () => {
    const made = world();
    for (const key of ['a.tif', 'b.tif', 'c.tif']) made.tile(key, 'the same sea');
    made.tile('d.tif', 'land');
    expect((await made.plan()).totals).toMatchObject({ owed: 8, identical: 4, jobs: 4 });
  });

  it('knows a model, and a preparation, that answered before under another configuration', async () => {
    const made = world('a.tif');
    await made.run('first');
    const [caption, vqa] = CONFIGURATION.services as [(typeof CONFIGURATION.services)[0], (typeof CONFIGURATION.services)[0]];
    made.configuration = { ...CONFIGURATION, services: [{ ...caption, model: 'better' }, vqa] };
    const plan = await made.plan();
    expect(plan.totals).toMatchObject({ stale: 1, done: 1, owed: 1 });
    expect(plan.reasons[0]).toMatchObject({ state: 'stale', reason: 'model' });
  });

  it('says which runs go on, and counts nothing of them', async () => {
    const made = world('a.tif');
    await made.open('tonight');
    expect(await made.plan()).toMatchObject({ open_runs: ['tonight'], earlier_runs: [], totals: { new: 2 } });
  });

  it('has another digest as soon as something that decides what is asked is different, and the same otherwise', async () => {
    const made = world('a.tif', 'b.tif');
    const [plan, again] = [await made.plan(), await made.plan()];
    expect(again.digest).toBe(plan.digest);
    const digests = new Set([plan.digest, (await made.plan(asking('Is it cloudy?'))).digest]);
    made.tile('b.tif', 'changed');
    digests.add((await made.plan()).digest);
    await made.run('first');
    digests.add((await made.plan()).digest);
    expect(digests.size).toBe(4);
  });

  it('tells the same after the indexes of the runs were damaged or removed, from their records', async () => {
    const made = world('a.tif', 'b.tif', 'c.tif');
    await made.run('first', {}, ({ key }) => (key.endsWith('b.tif') ? 'lost' : null));
    const before = await made.plan();
    const indexes = made.store.keys('results', 'harbours/current/_index/');
    for (const key of indexes) made.store.overwrite({ bucket: 'results', key }, '{"key":"tiles/a.tif"');
    expect((await made.plan()).digest).toBe(before.digest);
    for (const key of indexes) made.store.remove({ bucket: 'results', key });
    expect((await made.plan()).digest).toBe(before.digest);
  });
});

describe('a run', () => {
  it('asks what its plan said, takes over the rest, and says so in its manifest', async () => {
    const made = world('a.tif', 'b.tif', 'c.tif');
    await made.run('first', {}, ({ key }) => (key.endsWith('c.tif') ? 'timeout' : null));
    made.tile('b.tif', 'changed');
    const plan = await made.plan();
    made.asked = [];
    const manifest = await made.run('second');
    expect(made.asked).toHaveLength(plan.totals.owed);
    const { jobs: _jobs, identical: _identical, ignored: _ignored, ...owed } = plan.totals;
    expect(manifest.owed).toEqual(owed);
    expect(manifest.harvest).toMatchObject({ records: 2, from: [{ run_id: 'first', records: 2 }] });
    expect(manifest).toMatchObject({ state: 'complete', expected: 6, ok: 6 });
  });

  it('of nothing but what is done asks nothing and is complete', async () => {
    const made = world('a.tif', 'b.tif');
    await made.run('first', {}, ({ key }) => (key.endsWith('b.tif') ? 'too_small' : null));
    made.asked = [];
    const manifest = await made.run('second');
    expect(made.asked).toEqual([]);
    expect(manifest).toMatchObject({ state: 'complete', ok: 2, failed: 2, owed: { owed: 0, done: 2, failed: 2 } });
    expect(made.store.keys('results', 'harbours/run=second/_SUCCESS')).toHaveLength(1);
  });

  it('that retries asks only what failed so, of the tiles where it did', async () => {
    const made = world('a.tif', 'b.tif', 'c.tif');
    const endings: Endings = ({ key }, task) => {
      if (key.endsWith('b.tif')) return task === 'caption' ? 'timeout' : 'model_error';
      return key.endsWith('c.tif') ? 'decode_failed' : null;
    };
    await made.run('first', {}, endings);
    made.asked = [];
    const manifest = await made.run('again', { retry: { run: 'first', codes: ['timeout'] } });
    expect(made.asked).toEqual(['again tiles/b.tif caption']);
    expect(manifest).toMatchObject({ inputs: 1, expected: 2, ok: 1, failed: 1, state: 'complete' });
    made.asked = [];
    await made.run('inputs', { retry: { run: 'first', classes: ['input'] } });
    expect(made.asked).toEqual(['inputs tiles/c.tif caption', 'inputs tiles/c.tif ships']);
  });

  it('of a sample is paid for once: the rest asks the others', async () => {
    const made = world('a.tif', 'b.tif', 'c.tif', 'd.tif');
    const manifest = await made.run('look', { input: { ...SPEC.input, sample: 2 } });
    expect(manifest).toMatchObject({ inputs: 2, ok: 4, state: 'complete' });
    made.asked = [];
    await made.run('all');
    expect(made.asked).toHaveLength(4);
  });
});

const KEYS = ['a.tif', 'b.tif', 'ü.tif', '🚢.tif'];
const CODES: readonly ErrorCode[] = ['timeout', 'decode_failed', 'denied', 'empty_tile', 'model_error'];
const anyStep = fc.oneof(
  fc.record({ do: fc.constant('tile'), key: fc.constantFrom(...KEYS), content: fc.constantFrom('1', '2') }),
  fc.record({ do: fc.constant('remove'), key: fc.constantFrom(...KEYS) }),
  fc.record({
    do: fc.constant('run'),
    question: fc.constantFrom('How many ships?', 'How many boats?'),
    all: fc.boolean(),
    failing: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...CODES)),
    ends: fc.constantFrom('complete', 'cancelled', 'terminated'),
  }),
);

describe('plan, run, plan', () => {
  it('gives nothing owed, whatever runs, failures, terminations and changed objects came before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 8 }), async (steps) => {
        const made = world('z.tif');
        for (const [at, step] of steps.entries()) {
          if (step.do === 'tile' && 'content' in step) made.tile(step.key, step.content);
          else if (step.do === 'remove' && 'key' in step) made.removeTile(step.key);
          else if ('failing' in step) {
            const { question, all, failing, ends } = step;
            const ref = await made.open(`r${at}`, { ...asking(question), all });
            await made.work(ref, ({ key }) => failing[key.replace('tiles/', '')] ?? null);
            if (ends === 'terminated') made.registry.end(ref.runId);
            else await made.finish(ref, ends === 'cancelled' ? 'cancelled' : 'complete');
          }
        }
        const plan = await made.plan();
        made.asked = [];
        const manifest = await made.run('last');
        expect(made.asked).toHaveLength(plan.totals.owed);
        expect(manifest.expected).toBe(manifest.ok + manifest.failed + manifest.skipped);
        const after = await made.plan();
        expect(after.totals).toMatchObject({ owed: 0, jobs: 0, new: 0, changed: 0, stale: 0 });
        made.asked = [];
        await made.run('nothing');
        expect(made.asked).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

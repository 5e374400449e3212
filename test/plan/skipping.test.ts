import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHarvest, takenRecords } from '../../activities/takings.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { inRun, PATHS, runPlace, type S3Location } from '../../domain/layout.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RunManifest, RunRef } from '../../domain/run.ts';
import { DAY_MS } from '../../domain/units.ts';
import { gathered } from '../activities/gathered.ts';
import { OutputWorld, SPEC } from './output-world.ts';

/** Behind every key. */
const LAST = '\u{10FFFF}'.repeat(8);
const FOLDERS = ['2026-01/', '2026-02/', '2026-02/south/', 'ü/', '\uFF5E/', '🚢/'];
const KEYS = FOLDERS.flatMap((folder) => ['a.tif', 'b.tif', '~.tif'].map((name) => folder + name));
const CODES: readonly ErrorCode[] = ['timeout', 'decode_failed', 'denied'];

/** What became of a run's files since it ended. */
const FATES = ['kept', 'kept', 'kept', 'older manifest', 'index gone', 'index damaged', 'index and records damaged'] as const;

const anyRun = fc.record({
  folder: fc.constantFrom('', ...FOLDERS),
  rangeTiles: fc.integer({ min: 1, max: 4 }),
  question: fc.constantFrom('How many ships?', 'How many boats?'),
  failing: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...CODES), { maxKeys: 4 }),
  changed: fc.subarray(KEYS, { maxLength: 3 }),
  retried: fc.boolean(),
  ends: fc.constantFrom('complete', 'complete', 'cancelled', 'terminated'),
  fate: fc.constantFrom(...FATES),
});
type AnyRun = typeof anyRun extends fc.Arbitrary<infer Value> ? Value : never;

function asking(folder: string, question: string): object {
  return { input: { uri: `s3://imagery/tiles/${folder}` }, tasks: [SPEC.tasks[0], { ...SPEC.tasks[1], question }] };
}

function refOf(runId: string): RunRef {
  return { ...runPlace(SPEC.output.uri, runId), runId };
}

function rewrite(made: OutputWorld, at: S3Location, change: (document: Record<string, unknown>) => object): void {
  const document = JSON.parse(made.store.text(`s3://${at.bucket}/${at.key}`)) as Record<string, unknown>;
  made.store.overwrite(at, JSON.stringify(change(document)));
}

function damage(made: OutputWorld, runId: string, fate: AnyRun['fate']): void {
  if (fate === 'older manifest') rewrite(made, inRun(refOf(runId), PATHS.manifest), ({ index: _index, ...older }) => older);
  const indexes = made.store.keys('results', `harbours/current/_index/run=${runId}/`);
  for (const [at, key] of indexes.entries()) {
    if (fate === 'index gone') made.store.remove({ bucket: 'results', key });
    // Not all of them: of the others the index holds.
    else if (fate.startsWith('index') && at % 2 === 0) made.store.overwrite({ bucket: 'results', key }, '{"key"');
  }
  if (fate !== 'index and records damaged') return;
  const parts = made.store.keys('results', refOf(runId).prefix).filter((key) => key.endsWith('part-00000.jsonl'));
  for (const key of parts) made.store.overwrite({ bucket: 'results', key }, '{"key"');
}

async function addRun(made: OutputWorld, runId: string, of: AnyRun): Promise<void> {
  for (const key of of.changed) made.tile(key, `${runId} changed it`);
  made.rangeTiles = of.rangeTiles;
  const endings = ({ key }: { readonly key: string }): ErrorCode | null => of.failing[key.replace('tiles/', '')] ?? null;
  const ref = await made.open(runId, asking(of.folder, of.question));
  await made.work(ref, endings);
  if (of.ends === 'terminated') return made.registry.end(runId);
  const { failed } = await made.finish(ref, of.ends === 'cancelled' ? 'cancelled' : 'complete');
  const again = `${runId}-again`;
  // It has tiles of the other run, whatever its own prefix says.
  if (of.retried && failed > 0) {
    await made.run(again, { ...asking('2026-01/', of.question), retry: { run: runId } });
    damage(made, again, of.fate);
  }
  damage(made, runId, of.fate);
}

/** Makes every run one that may have any key, by all that it says of itself: so nothing can be skipped. */
function forget(made: OutputWorld): void {
  for (const key of made.store.keys('results', 'harbours/run=')) {
    const at = { bucket: 'results', key };
    const bounds = { first: { key: '', bucket: '' }, last: { key: LAST, bucket: LAST } };
    const widened = ({ index = [], ...rest }: Record<string, unknown>): object => ({
      ...rest,
      index: (index as RunManifest['index']).map((part) => ({ ...part, ...bounds })),
    });
    if (key.endsWith(`/${PATHS.manifest}`)) rewrite(made, at, widened);
    const anywhere = (run: Record<string, unknown>): object => ({
      ...run,
      spec: { ...(run['spec'] as object), input: { uri: 's3://imagery/' } },
    });
    if (key.endsWith(`/${PATHS.run}`) && !key.includes('run=tonight')) rewrite(made, at, anywhere);
  }
}

function told({ totals, reasons, harvest, digest, earlier_runs }: Plan): object {
  return { totals, reasons, harvest, digest, earlier_runs };
}

/** What a run that is opened now takes over. */
async function takenOver(made: OutputWorld, runId: string, spec: object): Promise<object> {
  made.rangeTiles = 2;
  const ref = await made.open(runId, spec);
  const { owed, from } = await readHarvest(made.store, ref);
  const records = await gathered(takenRecords(made.store, ref, 0));
  return { owed, from, records: records.map(({ run_id: _own, ...record }) => record) };
}

describe('a plan and a run that skip what cannot be about their tiles', () => {
  it('find what they find where nothing can be skipped, whatever runs there were and what became of their files', async () => {
    const anyRuns = fc.array(anyRun, { maxLength: 6 });
    const anyNight = fc.constantFrom('', ...FOLDERS);
    await fc.assert(
      fc.asyncProperty(anyRuns, anyNight, async (runs, folder) => {
        const made = new OutputWorld();
        for (const key of KEYS) made.tile(key, key);
        for (const [at, one] of runs.entries()) await addRun(made, `r${at}`, one);
        const spec = asking(folder, 'How many ships?');
        const skipping = [told(await made.plan(spec)), await takenOver(made, 'tonight-1', spec)];
        forget(made);
        expect([told(await made.plan(spec)), await takenOver(made, 'tonight-2', spec)]).toEqual(skipping);
      }),
      { numRuns: 25 },
    );
  });

  it('read of an output with a run for every night no index but that of their own night', async () => {
    const made = new OutputWorld();
    const nights = Array.from({ length: 24 }, (_, at) => `2026-03-${String(at + 1).padStart(2, '0')}/`);
    for (const [at, night] of nights.entries()) {
      for (const name of ['a.tif', 'b.tif']) made.tile(night + name, night);
      await made.run(`night-${at + 1}`, asking(night, 'How many ships?'));
      made.now += DAY_MS;
    }
    made.tile(`2026-03-12/c.tif`, 'late');
    const before = made.store.calls.length;
    const plan = await made.plan(asking('2026-03-12/', 'How many ships?'));
    const read = made.store.calls.slice(before).filter(({ verb }) => verb === 'get');
    expect(plan.totals).toMatchObject({ new: 2, done: 4 });
    expect(read.map(({ key }) => key).filter((key) => key.includes('_index'))).toEqual([
      'harbours/current/_index/run=night-12/part-00000.jsonl',
    ]);
    expect(read.filter(({ key }) => key.includes('/_work/') || key.includes('/captions/'))).toEqual([]);
  });

  it('read nothing of the records of a run that was terminated, or ended before there were indexes, below another prefix', async () => {
    const made = new OutputWorld();
    for (const key of KEYS) made.tile(key, key);
    const terminated = await made.open('terminated', asking('2026-01/', 'How many ships?'));
    await made.work(terminated);
    made.registry.end('terminated');
    await made.run('older', asking('\uFF5E/', 'How many ships?'));
    damage(made, 'older', 'older manifest');
    const before = made.store.calls.length;
    const plan = await made.plan(asking('🚢/', 'How many ships?'));
    const read = made.store.calls
      .slice(before)
      .filter(({ verb }) => verb === 'get')
      .map(({ key }) => key);
    expect(plan.totals).toMatchObject({ new: 6, done: 0 });
    expect(read.filter((key) => /run=older\/(?:captions|answers|errors)\//u.test(key))).toEqual([]);
    expect(read).not.toContain(inRun(terminated, PATHS.frozen).key);
    const before2 = made.store.calls.length;
    expect((await made.plan(asking('', 'How many ships?'))).totals).toMatchObject({ done: 12 });
    expect(made.store.calls.slice(before2).map(({ key }) => key)).toContain(inRun(terminated, PATHS.frozen).key);
  });

  it.each([
    ['that retried another one', { ...asking('ü/', 'How many ships?'), retry: { run: 'first' } }],
    ['whose tiles a list named', { ...asking('', 'How many ships?'), input: { uri: 's3://imagery/a-list.jsonl' } }],
  ])('find what a run recorded %s, whatever its own address says', async (_which, spec) => {
    const made = new OutputWorld();
    for (const key of KEYS) made.tile(key, key);
    const named = KEYS.slice(0, 3).map((key) => JSON.stringify({ key: `tiles/${key}` }));
    made.store.overwrite({ bucket: 'imagery', key: 'a-list.jsonl' }, `${named.join('\n')}\n`);
    await made.run('first', asking('2026-01/', 'How many ships?'), () => 'timeout');
    await made.run('again', spec);
    damage(made, 'again', 'older manifest');
    expect((await made.plan(asking('2026-01/', 'How many ships?'))).totals).toMatchObject({ done: 6, owed: 0 });
  });
});

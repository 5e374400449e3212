import { describe, expect, it } from 'vitest';
import { createFrozenReader, createRunReader } from '../../activities/load-run.ts';
import { strandsFor } from '../../activities/open-run/lane-plan.ts';
import { ObjectStoreError, type PutResult } from '../../ports/object-store.ts';
import { isProbe, open, RUN_JSON, STARTED } from './open-run-fixture.ts';
import { images, service } from './run-fixture.ts';

describe('opening a run', () => {
  it('tells the workflow what it needs, in less than 4 kB', async () => {
    const opened = await open(images('t/a.tif'));
    expect(opened).toEqual({
      ref: { bucket: 'results', prefix: 'o/run=h-1/', runId: 'h-1' },
      dataset: 'harbours',
      priority: 'interactive',
      lanes: [
        { service: 'caption', strands: 1, tasks: 1 },
        { service: 'vqa', strands: 1, tasks: 2 },
      ],
      tasks: 3,
      output: 's3://results/o/run=h-1/',
      finished: null,
    });
    expect(JSON.stringify(opened).length).toBeLessThan(4_096);
  });

  it('writes run.json: the spec with its defaults, services, lanes, versions, when it started', async () => {
    const store = images('t/a.tif');
    await open(store);
    expect(JSON.parse(store.text(RUN_JSON))).toMatchObject({
      schema_version: 1,
      run_id: 'h-1',
      dataset: 'harbours',
      spec: {
        tasks: [{ prompt: 'Describe this satellite image in detail.' }, { question: 'How many ships?' }, {}],
        image: { maxSide: 1024 },
      },
      spec_sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as string,
      gpus: 2,
      services: { caption: { api: 'qwen-vl', model: 'caption-model' }, vqa: {} },
      lanes: [
        { service: 'caption', tasks: ['caption'], strands: 1 },
        { service: 'vqa', tasks: ['ships', 'clouds'], strands: 1 },
      ],
      range_tiles: 25_000,
      versions: { tilescribe: '0.1.0', node: '20', preparation: 'p1' },
      started_at: STARTED,
    });
  });

  it('hands on the key that everything it writes is encrypted with', async () => {
    const { ref } = await open(images('t/a.tif'), { spec: { output: { uri: 's3://results/o', sseKmsKeyId: 'alias/k' } } });
    expect(ref).toEqual({ bucket: 'results', prefix: 'o/run=h-1/', runId: 'h-1', sseKmsKeyId: 'alias/k' });
  });

  it('names the headers of a service by reference, and leaves services out that it does not use', async () => {
    const store = images('t/a.tif');
    const secret = service('caption', { headers: { 'Modal-Key': 'env:MODAL_KEY' } });
    await open(store, { configuration: { gpus: 3, services: [secret, service('vqa'), service('other')] } });
    const { services } = JSON.parse(store.text(RUN_JSON)) as { services: Record<string, { headers: unknown }> };
    expect(Object.keys(services)).toEqual(['caption', 'vqa']);
    expect(services['caption']?.headers).toEqual({ 'Modal-Key': 'env:MODAL_KEY' });
  });

  it('is read back as it was written', async () => {
    const store = images('t/a.tif');
    const { ref } = await open(store);
    const read = createRunReader(store);
    const run = await read(ref);
    expect(run).toMatchObject({ runId: 'h-1', rangeTiles: 25_000, startedAt: STARTED });
    expect(run.lanes.map(({ tasks }) => tasks.map(({ id }) => id))).toEqual([['caption'], ['ships', 'clouds']]);
    expect(run.services['vqa']).toEqual(service('vqa'));
    const before = store.calls.length;
    expect(await read(ref)).toBe(run);
    expect(store.calls).toHaveLength(before);
  });

  it('opens on services that fit one GPU alone and not together: they take turns', async () => {
    const { lanes } = await open(images('t/a.tif'), {
      configuration: { gpus: 1, services: [service('caption'), service('vqa')] },
    });
    expect(lanes.map((lane) => lane.service)).toEqual(['caption', 'vqa']);
  });

  it('does not remember that something was not there', async () => {
    const store = images('t/a.tif');
    const { ref } = await open(store);
    const read = createFrozenReader(store);
    await expect(read(ref)).rejects.toMatchObject({ kind: 'NotFound' });
    const frozen = {
      schema_version: 1,
      inputs: 0,
      ranges: [],
      ignored: { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 },
    };
    store.overwrite({ bucket: 'results', key: 'o/run=h-1/_work/frozen.json' }, JSON.stringify(frozen));
    expect(await read(ref)).toEqual(frozen);
  });

  it.each([
    [1, 1],
    [200, 1],
    [399, 1],
    [400, 2],
    [1_000, 5],
    [9_999, 8],
  ])('gives a lane of %d jobs in flight %d strands', (jobs, strands) => {
    expect(strandsFor(jobs)).toBe(strands);
  });
});

describe('a run that cannot start', () => {
  const refused = [
    ['no service', { configuration: { gpus: 2, services: [service('caption')] } }, ['InvalidSpec', 'set VQA_BASE_URL']],
    [
      'another API',
      { configuration: { gpus: 2, services: [service('caption', { api: 'qwen3-text' }), service('vqa')] } },
      ['InvalidSpec', 'speaks qwen3-text'],
    ],
    [
      'no GPU left beside a front end',
      { configuration: { gpus: 1, services: [service('caption'), service('vqa', { httpHoldsGpu: true })] } },
      ['InvalidConfiguration', 'Service vqa needs 1 GPU for one container of jobs + 1 GPU for the HTTP front end = 2 GPUs'],
    ],
    [
      'too big a container',
      { configuration: { gpus: 2, services: [service('caption', { gpusPerContainer: 4 }), service('vqa')] } },
      ['InvalidConfiguration', 'the cap is 2 GPUs'],
    ],
    ['a mistake in the spec', { spec: { dataset: 'No Good' } }, ['InvalidSpec', 'dataset']],
    ['a run id that is no key', { runId: '../x' }, ['InvalidSpec', 'The run id "../x" cannot be part of a key']],
    ['no input bucket', { spec: { input: { uri: 's3://nowhere/t/' } } }, ['NotFound', 'Correct the bucket in input.uri.']],
    ['no list', { spec: { input: { uri: 's3://images/list.jsonl' } } }, ['NotFound', 'Correct input.uri.']],
    [
      'no output bucket',
      { spec: { output: { uri: 's3://nowhere/o/' } } },
      ['NotFound', 'Create the bucket, or correct output.uri.'],
    ],
  ] as const;
  it.each(refused)('says what is wrong: %s', async (_name, over, [kind, message]) => {
    const store = images('t/a.tif');
    await expect(open(store, over)).rejects.toMatchObject({ kind, message: expect.stringContaining(message) as string });
    expect(store.keys('results')).toEqual([]);
  });

  it('finds out that the output may not be written before anything is asked of a model', async () => {
    const store = images('t/a.tif');
    store.hooks.failNext(isProbe, new ObjectStoreError('denied', 'Writing to s3://results/o/ is not allowed'));
    await expect(open(store)).rejects.toMatchObject({
      kind: 'Denied',
      message: expect.stringContaining('s3:PutObject') as string,
    });
  });

  it('refuses a store that lets a second write through', async () => {
    const store = images('t/a.tif');
    store.put = async (at, body): Promise<PutResult> => {
      store.overwrite(at, body);
      return 'created';
    };
    await expect(open(store)).rejects.toMatchObject({
      kind: 'InvalidConfiguration',
      message: expect.stringContaining('ignores If-None-Match') as string,
    });
  });

  it('does not mistake a lost reply to its probe for such a store', async () => {
    const store = images('t/a.tif');
    store.hooks.loseReply(isProbe);
    expect(await open(store)).toMatchObject({ finished: null });
  });
});

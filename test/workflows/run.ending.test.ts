import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES, TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import { IGNORED_NONE } from '../../domain/tile.ts';
import { gate } from '../support/gate.ts';
import { uniqueName } from '../support/servers.ts';
import { type ScriptedRun, worldOfThisFile } from './run-world.ts';
import { slices, untilStopped, DONE } from './script.ts';

const here = worldOfThisFile({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });

function failing(type: string, message: string): () => never {
  return () => {
    throw ApplicationFailure.create({ type, message, nonRetryable: true });
  };
}

async function failureOf(run: ScriptedRun): Promise<unknown> {
  const error: unknown = await run.result().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return (error as WorkflowFailedError).cause;
}

async function attributesOf(run: ScriptedRun): Promise<Readonly<Record<string, unknown>>> {
  const { searchAttributes } = await run.handle.describe();
  const named = (name: string): unknown => searchAttributes[`Tilescribe${name}`];
  return { dataset: named('Dataset'), state: named('State'), trigger: named('Trigger') };
}

async function upserts(run: ScriptedRun): Promise<number> {
  const { events } = await run.handle.fetchHistory();
  return (events ?? []).filter((event) => event.upsertWorkflowSearchAttributesEventAttributes).length;
}

describe.concurrent('a run that cannot be', () => {
  it('fails at once in the words of the activity that opens it', async () => {
    const run = await here.world.start({ openRun: failing('InvalidSpec', 'tasks is missing; expected at least one task.') });
    expect(await failureOf(run)).toMatchObject({
      name: 'ApplicationFailure',
      type: 'InvalidSpec',
      message: 'tasks is missing; expected at least one task.',
    });
    expect(run.titles()).toEqual(['openRun']);
  });

  it('fails in the words of the activity that found no tile', async () => {
    const run = await here.world.start({ enumerate: failing('NotFound', 's3://in/a/ holds no tile.') });
    expect(await failureOf(run)).toMatchObject({ type: 'NotFound', message: 's3://in/a/ holds no tile.' });
    expect(run.titles()).toEqual(['openRun', 'enumerate']);
  });
});

describe.concurrent('a run that was started with more than its spec', () => {
  it('fails at once and says so, and never takes it for what a run carries over', async () => {
    const { client } = here.world;
    const workflowId = uniqueName('twice');
    const taskQueue = TASK_QUEUES.workflows;
    const handle = await client.workflow.start(WORKFLOW_TYPES.run, { taskQueue, workflowId, args: [{ dataset: 'eval' }, {}] });
    const error: unknown = await handle.result().catch((caught: unknown) => caught);
    expect((error as WorkflowFailedError).cause).toMatchObject({
      type: 'InvalidSpec',
      message: expect.stringContaining('single --input'),
    });
    expect(((error as WorkflowFailedError).cause as Error).stack).not.toContain('run.ts');
  });
});

describe.concurrent('the end of a run', () => {
  it('that had ended before is told at once, and nothing is done again', async () => {
    const totals = { run_id: 'x', dataset: 'eval', inputs: 7, tasks: 1, expected: 7, ok: 6, failed: 1, skipped: 0 };
    const times = { started_at: '2026-03-01T00:00:00.000Z', ended_at: '2026-03-01T01:00:00.000Z' };
    const rest = { schema_version: 1, state: 'complete', unfinished: 0, ignored: IGNORED_NONE, success: true } as const;
    const told = { errors: { timeout: 1 }, fingerprints: [], ranges: { done: 3, total: 3 } };
    const finished = { ...totals, ...times, ...rest, ...told };
    const run = await here.world.start({ openRun: () => ({ finished, searchAttributes: true, memo: { dataset: 'eval' } }) });
    expect(await run.result()).toMatchObject({ run_id: 'x', state: 'complete', inputs: 7, ok: 6, failed: 1, eta_s: null });
    expect(await attributesOf(run)).toEqual({ dataset: ['eval'], state: ['complete'], trigger: ['temporal'] });
    expect((await run.handle.describe()).memo).toEqual({ dataset: 'eval' });
    const { currentDetails } = await run.handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('**complete** 100 % of 7');
    expect(await run.result()).toMatchObject({ errors: { timeout: 1 }, ranges: { done: 3, total: 3 } });
    expect(run.titles()).toEqual(['openRun']);
  });

  it('is failed where the balance does not hold', async () => {
    const run = await here.world.start({ finalize: () => ({ state: 'failed', ok: 1, success: false }) });
    expect(await run.result()).toMatchObject({
      state: 'failed',
      ok: 1,
      reason: 'The balance does not hold: manifest.json names what is missing.',
    });
  });
});

describe.concurrent('search attributes', () => {
  it('follow the run where the server is known to have them', async () => {
    const enumerated = gate();
    const run = await here.world.start({
      openRun: () => ({ searchAttributes: true }),
      enumerate: () => enumerated.opened.then(() => ({})),
      advance: slices({ vqa: [untilStopped(), DONE] }),
    });
    await run.begins('enumerate');
    expect(await attributesOf(run)).toEqual({ dataset: ['eval'], state: ['enumerating'], trigger: ['temporal'] });
    enumerated.open();
    await run.begins('advance vqa/0 work');
    expect(await attributesOf(run)).toMatchObject({ state: ['running'] });
    await run.pause();
    await run.begins('advance vqa/0 collect');
    expect(await attributesOf(run)).toMatchObject({ state: ['paused'] });
    await run.result();
    expect(await attributesOf(run)).toMatchObject({ state: ['complete'] });
  });

  it('are written once for every change', async () => {
    const run = await here.world.start({ openRun: () => ({ searchAttributes: true }) });
    await run.result();
    const [dataset, enumerating, running, complete] = [1, 1, 1, 1];
    expect(await upserts(run)).toBe(dataset + enumerating + running + complete);
  });

  it('have a memo of the dataset beside them, which needs nobody to register anything', async () => {
    const run = await here.world.start({ openRun: () => ({ memo: { dataset: 'eval' } }) });
    await run.result();
    expect((await run.handle.describe()).memo).toEqual({ dataset: 'eval' });
  });

  it('say failed of a run that fails before it has begun', async () => {
    const run = await here.world.start({
      openRun: () => ({ searchAttributes: true }),
      enumerate: failing('NotFound', 's3://in/a/ holds no tile.'),
    });
    await failureOf(run);
    expect(await attributesOf(run)).toMatchObject({ dataset: ['eval'], state: ['failed'] });
    const { currentDetails } = await run.handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toBe('**failed** s3://in/a/ holds no tile.');
  });

  it('are left alone where the server does not have them', async () => {
    const run = await here.world.start({ openRun: () => ({ searchAttributes: false }) });
    await run.result();
    expect(await upserts(run)).toBe(0);
  });
});

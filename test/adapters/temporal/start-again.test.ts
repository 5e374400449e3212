import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { DONE, slices, untilStopped, type Script } from '../../workflows/script.ts';
import { clientOfThisFile } from './client-of-world.ts';

const here = clientOfThisFile();

const asked = (dataset: string) => ({ dataset });
const request = (runId: string, dataset: string) => ({
  runId,
  dataset,
  spec: asked(dataset),
  identity: dataset,
  identityOf: (document: unknown) => (document as { dataset: string }).dataset,
});
const ended = (runId: string): Promise<unknown> => here.world.client.workflow.getHandle(runId).result();

/** A run that the `temporal` command has started with the dataset "eval", closed. */
async function closed(script: Script, runId: string): Promise<void> {
  await (await here.world.start(script, runId)).result().catch(() => undefined);
}

const refused = (runId: string) => ({
  kind: 'InvalidSpec',
  message: `Run ${runId} has ended with another spec; they differ in dataset. Give this one another --run-id, or start it with the same spec to go on with that run.`,
});
const mistaken: Script = {
  openRun: (args) => {
    if ((args as { spec: { dataset: string } }).spec.dataset !== 'eval') return {};
    throw ApplicationFailure.create({ type: 'InvalidSpec', message: 'A mistake.', nonRetryable: true });
  },
};
const empty: Script = {
  enumerate: () => {
    throw ApplicationFailure.create({ type: 'NotFound', message: 'No tiles in s3://in/.', nonRetryable: true });
  },
};

describe('a run id that has ended', () => {
  it('is refused to another spec, wherever that writes, and goes on with the same', async () => {
    await closed({}, 'done');
    await expect(here.client.start(request('done', 'other'))).rejects.toMatchObject(refused('done'));
    expect(await here.client.start(request('done', 'eval'))).toEqual({ joined: false });
    await ended('done');
    await expect(here.client.start(request('done', 'other'))).rejects.toMatchObject(refused('done'));
  });

  it('is refused to another spec where the run failed after it was opened', async () => {
    await closed(empty, 'empty');
    await expect(here.client.start(request('empty', 'other'))).rejects.toMatchObject(refused('empty'));
    expect(await here.client.start(request('empty', 'eval'))).toEqual({ joined: false });
  });

  it('is free for a spec that was put right where the run could not begin', async () => {
    await closed(mistaken, 'mended');
    expect(await here.client.start(request('mended', 'right'))).toEqual({ joined: false });
    await ended('mended');
    await expect(here.client.start(request('mended', 'eval'))).rejects.toMatchObject(refused('mended'));
  });

  it('is refused to another spec where the run was terminated at work, and goes on with the same', async () => {
    const work: Script = { advance: slices({ vqa: [untilStopped(), DONE] }) };
    const run = await here.world.start(work, 'torn');
    await run.begins('advance vqa/0 work');
    await run.handle.terminate();
    await expect(here.client.start(request('torn', 'other'))).rejects.toMatchObject(refused('torn'));
    expect(await here.client.start(request('torn', 'eval'))).toEqual({ joined: false });
    await here.world.client.workflow.getHandle('torn').terminate();
  });

  it('goes on where nobody can say what it asked', async () => {
    await closed({}, 'riddle');
    const identityOf = (): string => {
      throw new Error('no spec');
    };
    expect(await here.client.start({ ...request('riddle', 'other'), identityOf })).toEqual({ joined: false });
    await ended('riddle');
  });
});

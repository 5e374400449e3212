import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunClient, type RunClient } from '../../../adapters/temporal/run-client.ts';
import { childEnvironment } from '../../../local/environment.ts';
import { startStack, type Stack } from '../../../local/stack.ts';

/** A server of its own: on the shared one somebody's worker may take the runs. */
let stack: Stack;
let client: RunClient;
const before = { ...process.env };

beforeAll(async () => {
  stack = await startStack({ environment: childEnvironment(process.env, {}), progress: () => undefined });
  Object.assign(process.env, stack.environment);
  client = await openRunClient();
});

afterAll(async () => {
  await client.close();
  for (const name of Object.keys(stack.environment)) delete process.env[name];
  Object.assign(process.env, before);
  await stack.close();
});

const request = (runId: string, question: string) => ({
  runId,
  dataset: 'harbours',
  spec: { question },
  identity: question,
  identityOf: (document: unknown) => (document as { question: string }).question,
});

describe('starting a run', () => {
  it('again with the same spec joins it, with another one is refused', async () => {
    expect(await client.start(request('twice', 'ships?'))).toEqual({ joined: false });
    expect(await client.start(request('twice', 'ships?'))).toEqual({ joined: true });
    await expect(client.start(request('twice', 'boats?'))).rejects.toMatchObject({
      kind: 'InvalidSpec',
      message: 'Run twice is open with another spec. Give this one another --run-id, or start it with the same spec to join it.',
    });
  });
});

describe('without a worker', () => {
  it('Temporal knows that a run is open, but nobody can say how far it is', async () => {
    await client.start(request('lonely', 'ships?'));
    expect(await client.look('lonely')).toMatchObject({ open: true, beats: [], waitingFor: [] });
    expect(await client.status('lonely')).toBeNull();
  });

  it('every role is unserved', async () => {
    expect(await client.unservedRoles()).toEqual(['workflows', 'io', 'inference']);
  });

  it('a run that is cancelled before anybody took it up is still open, and is listed with its dataset', async () => {
    await client.start(request('listed', 'ships?'));
    await client.cancel('listed');
    await expect
      .poll(async () => (await client.list(10)).find(({ runId }) => runId === 'listed'))
      .toMatchObject({ dataset: 'harbours', state: 'enumerating', open: true, closed: null });
  });
});

describe('a run that nobody knows', () => {
  it.each(['look', 'pause', 'resume', 'cancel'] as const)('%s says where ended ones are found', async (order) => {
    await expect(client[order]('nowhere')).rejects.toMatchObject({
      kind: 'NotFound',
      message: expect.stringContaining('There is no run nowhere. `tilescribe list` shows') as string,
    });
  });
});

it('a budget that was never used holds nothing', async () => {
  expect(await client.budget(0)).toMatchObject({ as_of: '1970-01-01T00:00:00.000Z', services: [], waiting: [] });
});

it('a budget that no worker speaks for is not set', async () => {
  await expect(client.setBudget({ gpus: 1 })).rejects.toMatchObject({
    kind: 'Unreachable',
    message: expect.stringContaining('No worker answers for the budget: start one with `tilescribe worker`'),
  });
});

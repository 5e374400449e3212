import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRunClient, type RunClient } from '../../../adapters/temporal/run-client.ts';
import { sharedServers } from '../../support/servers.ts';
import { worldOfThisFile } from '../../workflows/run-world.ts';
import { DONE, slices, untilStopped } from '../../workflows/script.ts';

const here = worldOfThisFile();
let client: RunClient;

beforeAll(async () => {
  for (const [name, value] of Object.entries(sharedServers().environment)) vi.stubEnv(name, value);
  vi.stubEnv('TEMPORAL_NAMESPACE', here.world.client.options.namespace);
  client = await openRunClient();
});

afterAll(async () => {
  await client.close();
  vi.unstubAllEnvs();
});

describe('an order to a run that has ended', () => {
  it.each(['pause', 'resume', 'cancel'] as const)('%s changes nothing, and says so', async (order) => {
    const run = await here.world.start({});
    await run.result();
    await expect(client[order](run.id)).rejects.toMatchObject({
      kind: 'NotFound',
      message: `Run ${run.id} has ended already, and nothing was changed; \`tilescribe status ${run.id}\` says how it ended.`,
    });
  });

  it('cancels it as often as it is given where it is being cancelled, or was', async () => {
    const run = await here.world.start({ advance: slices({ vqa: [untilStopped(), DONE] }) });
    await run.begins('advance vqa/0 work');
    expect(await client.cancel(run.id)).toBe('requested');
    await client.cancel(run.id);
    await run.result().catch(() => undefined);
    expect(await client.cancel(run.id)).toBe('already');
  });
});

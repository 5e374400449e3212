import { afterAll, beforeAll, vi } from 'vitest';
import { openRunClient, type RunClient } from '../../../adapters/temporal/run-client.ts';
import { sharedServers } from '../../support/servers.ts';
import { worldOfThisFile, type RunWorld } from '../../workflows/run-world.ts';

/** A world of scripted runs for the tests of one file, and a client that is directed to it as a command is. */
export function clientOfThisFile(): { readonly world: RunWorld; readonly client: RunClient } {
  const here = worldOfThisFile();
  let opened: RunClient | undefined;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(sharedServers().environment)) vi.stubEnv(name, value);
    vi.stubEnv('TEMPORAL_NAMESPACE', here.world.client.options.namespace);
    opened = await openRunClient();
  });
  afterAll(async () => {
    await opened?.close();
    vi.unstubAllEnvs();
  });
  return {
    get world(): RunWorld {
      return here.world;
    },
    get client(): RunClient {
      if (opened === undefined) throw new Error('the client opens before the first test');
      return opened;
    },
  };
}

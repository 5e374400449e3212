import { describe, expect, it } from 'vitest';
import { sharedServers } from '../support/servers.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { answer, startLoopback } from '../support/loopback.ts';
import { tilescribe, type Invocation } from '../support/tilescribe.ts';

const UNSET = 'Start it, or unset TEMPORAL_ADDRESS and AWS_ENDPOINT_URL to have servers started here.';
/** Nothing listens on port 1. */
const NO_S3 = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
function up(environment: Readonly<Record<string, string>>, directory: string): Promise<Invocation> {
  const args = ['local', 'up', '--no-worker', '--no-services', '--directory', directory];
  return tilescribe(args, { environment: { ...sharedServers().environment, ...environment } });
}

describe('`local up` in a shell that has the environment of a stack that has ended', () => {
  it('says that its Temporal server is gone, and what to do', async () => {
    const { exitCode, stderr } = await up({ ...NO_S3, TEMPORAL_ADDRESS: '127.0.0.1:1' }, await scratchDirectory());
    expect(stderr).toBe(`tilescribe: No Temporal server answers at 127.0.0.1:1, which TEMPORAL_ADDRESS names. ${UNSET}\n`);
    expect(exitCode).toBe(4);
  });

  it('says that its S3 server is gone, and keeps the directory from nobody', async () => {
    const directory = await scratchDirectory();
    for (let time = 0; time < 2; time += 1) {
      const { exitCode, stderr } = await up(NO_S3, directory);
      expect(stderr).toContain(
        `\ntilescribe: No S3 server answers at ${NO_S3.AWS_ENDPOINT_URL}, which the environment names. ${UNSET}\n`,
      );
      expect(exitCode).toBe(4);
    }
  });

  it('says that the S3 server that is there now refuses it', async () => {
    const server = await startLoopback(answer(403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'));
    const { exitCode, stderr } = await up({ AWS_ENDPOINT_URL: server.origin }, await scratchDirectory());
    await server.close();
    expect(stderr).toContain('Allow s3:CreateBucket to these credentials, or use others.');
    expect(exitCode).toBe(3);
  });
});

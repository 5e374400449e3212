import { afterEach, describe, expect, it } from 'vitest';
import { requireDeadLetterQueue } from '../../cli/dead-letter-queue.ts';
import { problemOf } from '../../cli/problem.ts';
import { answer, startLoopback } from '../support/loopback.ts';
import { sharedServers } from '../support/servers.ts';
import { createTestQueue } from '../support/sqs-queues.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
const URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/tiles-dead';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

/** @returns what refuses every request with that code. */
async function refusing(status: number, code: string): Promise<Record<string, string>> {
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: 'no' });
  const server = await startLoopback(answer(status, body, { 'content-type': 'application/x-amz-json-1.0' }));
  open.push(server);
  return { AWS_ENDPOINT_URL_SQS: server.origin, ...KEYS };
}

describe('the dead-letter queue of an intake', () => {
  it('is looked for before anything is received', async () => {
    const { s3, environment } = sharedServers();
    const queue = await createTestQueue(s3);
    open.push(queue);
    await expect(requireDeadLetterQueue(queue.url, environment)).resolves.toBeUndefined();
    const gone: unknown = await requireDeadLetterQueue(`${queue.url}-gone`, environment).catch((error: unknown) => error);
    expect(problemOf(gone)).toEqual({
      sentence: `--dead-letter: There is no queue ${queue.url}-gone. Check its URL, AWS_REGION and AWS_ENDPOINT_URL_SQS, or create it.`,
      exitCode: 2,
    });
  });

  it('is a standard queue', async () => {
    const body = JSON.stringify({ Attributes: { FifoQueue: 'true' } });
    const server = await startLoopback(answer(200, body, { 'content-type': 'application/x-amz-json-1.0' }));
    open.push(server);
    await expect(requireDeadLetterQueue(URL, { AWS_ENDPOINT_URL_SQS: server.origin, ...KEYS })).rejects.toMatchObject({
      kind: 'InvalidConfiguration',
      message: `--dead-letter ${URL} is a FIFO queue; give the URL of a standard queue.`,
    });
  });

  it('may be one that an intake can send to and not look at', async () => {
    const environment = await refusing(403, 'AccessDeniedException');
    await expect(requireDeadLetterQueue(URL, environment)).resolves.toBeUndefined();
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { openEventQueue } from '../../../adapters/sqs/queue.ts';
import { eventQueueContract } from '../../contracts/event-queue.ts';
import { answer, startLoopback } from '../../support/loopback.ts';
import { startRawServer } from '../../support/raw-server.ts';
import { sharedServers } from '../../support/servers.ts';
import { createTestQueue } from '../../support/sqs-queues.ts';

eventQueueContract('SQS', async () => {
  const { s3, environment } = sharedServers();
  const [main, dead] = [await createTestQueue(s3), await createTestQueue(s3)];
  const queue = openEventQueue({ url: main.url, deadLetterUrl: dead.url }, environment);
  return {
    queue,
    send: main.send,
    deadLetters: dead.look,
    close: async () => {
      for (const closable of [queue, main, dead]) closable.close();
    },
  };
});

const KEYS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
const URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/tiles';
const DEAD_URL = `${URL}-dead`;
const ASKED = { most: 1, waitMs: 1_000, visibilityMs: 1_000 };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

function queueAt(endpoint: string) {
  const queue = openEventQueue({ url: URL, deadLetterUrl: DEAD_URL }, { AWS_ENDPOINT_URL_SQS: endpoint, ...KEYS });
  open.push(queue);
  return queue;
}

const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

/** A server that refuses everything. */
async function refusing(status: number, code: string, message = 'no') {
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message });
  const server = await startLoopback(answer(status, body, { 'content-type': 'application/x-amz-json-1.0' }));
  open.push(server);
  return queueAt(server.origin);
}

describe('a queue of SQS that cannot be used', () => {
  it('is away where a connection is open on which nothing ever comes', async () => {
    const silent = await startRawServer(() => {});
    open.push(silent);
    const queue = openEventQueue(
      { url: URL, deadLetterUrl: null, stallMs: 30 },
      { AWS_ENDPOINT_URL_SQS: silent.origin, ...KEYS },
    );
    open.push(queue);
    await expect(queue.receive(ASKED)).rejects.toMatchObject({ problem: 'unreachable' });
    expect(silent.connections).toBeGreaterThan(1);
  });

  it('is named where there is no such queue', async () => {
    const { environment, s3 } = sharedServers();
    const queue = openEventQueue({ url: `${s3.endpoint}/000000000000/not-there`, deadLetterUrl: null }, environment);
    open.push(queue);
    const sentence = expect.stringContaining(`There is no queue ${s3.endpoint}/000000000000/not-there.`);
    await expect(queue.receive(ASKED)).rejects.toMatchObject({ problem: 'missing', message: sentence });
  });

  it('says which permission is lacking', async () => {
    const queue = await refusing(403, 'AccessDeniedException');
    const message = { id: 'm', body: '', receipt: 'r' };
    const refused = (action: string) => ({ problem: 'denied', message: expect.stringContaining(`Allow sqs:${action} to`) });
    await expect(queue.receive(ASKED)).rejects.toMatchObject(refused('ReceiveMessage'));
    await expect(queue.remove([message])).rejects.toMatchObject(refused('DeleteMessage'));
    await expect(queue.extend([message], 0)).rejects.toMatchObject(refused('ChangeMessageVisibility'));
  });

  it('says that the credentials are not taken', async () => {
    const queue = await refusing(403, 'InvalidClientTokenId');
    await expect(queue.receive(ASKED)).rejects.toMatchObject({ problem: 'credentials' });
  });

  it('is unreachable where nobody answers', async () => {
    const away = expect.stringContaining('at http://127.0.0.1:9 could not be reached');
    await expect(queueAt('http://127.0.0.1:9').receive(ASKED)).rejects.toMatchObject({ problem: 'unreachable', message: away });
  });

  it.each([
    ['KmsThrottled', 400],
    ['KMS.ThrottlingException', 400],
    ['RequestThrottled', 400],
    ['ThrottlingException', 400],
    ['Unknown', 429],
  ])('is away, and refuses nobody, where it asks for fewer requests: %s', async (code, status) => {
    const message = expect.stringContaining('asks for fewer requests');
    const queue = await refusing(status, code);
    await expect(queue.receive(ASKED)).rejects.toMatchObject({ problem: 'unreachable', message });
  });

  it('says so where it has as many messages in flight as it may', async () => {
    const full = await refusing(400, 'OverLimit');
    const message = expect.stringContaining(`${URL} has as many messages in flight as SQS allows (120,000).`);
    await expect(full.receive(ASKED)).rejects.toMatchObject({ problem: 'full', message });
  });

  it.each([
    ['KmsDisabled', 'denied', 'Mend its KMS key'],
    ['InvalidParameterValueException', 'refused', 'Mend what it names there'],
  ])('says what SQS says, and of permissions nothing: %s', async (code, problem, todo) => {
    const refused = await (await refusing(400, code)).receive(ASKED).catch((error: Error) => error);
    expect(refused).toMatchObject({ problem, message: expect.stringContaining(`(${code}: no). ${todo}`) });
    expect((refused as Error).message).not.toContain('sqs:');
  });

  it.each([
    ['InvalidParameterValue', 'One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.'],
    ['BatchRequestTooLong', 'no'],
  ])('refuses as too long what is longer than the dead-letter queue takes: %s', async (code, said) => {
    const queue = await refusing(400, code, said);
    const message = expect.stringMatching(/^The message is too long for \S+-dead \(.*\)\. Raise the MaximumMessageSize/u);
    await expect(queue.setAside({ id: 'm', body: 'x', receipt: 'r' }, 'why')).rejects.toMatchObject({
      problem: 'too_long',
      message,
    });
  });

  it('brings what it was given before it was refused more', async () => {
    const json = { 'content-type': 'application/x-amz-json-1.0' };
    const Messages = Array.from({ length: 10 }, (_, n) => ({
      MessageId: `m${n}`,
      Body: '',
      MD5OfBody: EMPTY_MD5,
      ReceiptHandle: 'r',
    }));
    let asked = 0;
    const server = await startLoopback((request, response) => {
      asked += 1;
      const over = answer(400, JSON.stringify({ __type: 'com.amazonaws.sqs#OverLimit', message: 'no' }), json);
      (asked === 1 ? answer(200, JSON.stringify({ Messages }), json) : over)(request, response);
    });
    open.push(server);
    expect(await queueAt(server.origin).receive({ ...ASKED, most: 100 })).toHaveLength(10);
    expect(asked).toBeGreaterThan(1);
  });

  it('is given up soon after somebody wants to stop, where it answers nothing', async () => {
    const server = await startLoopback(() => undefined);
    open.push(server);
    const stop = new AbortController();
    const waiting = queueAt(server.origin).receive({ ...ASKED, signal: stop.signal });
    stop.abort();
    expect(await waiting).toEqual([]);
  });

  it('is asked for in the region that its URL names', async () => {
    const server = await startLoopback(answer(200, '{}', { 'content-type': 'application/x-amz-json-1.0' }));
    open.push(server);
    expect(await queueAt(server.origin).receive(ASKED)).toEqual([]);
    expect(server.requests[0]?.headers['authorization']).toContain('/eu-central-1/sqs/');
  });
});

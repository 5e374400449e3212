import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import type { PointerStore } from '../../../ports/pointer-store.ts';
import { pointerStoreContract } from '../../contracts/pointer-store.ts';
import { answer, startLoopback } from '../../support/loopback.ts';
import { PASS, startS3Proxy, type S3Fault } from '../../support/s3-proxy.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';

pointerStoreContract('S3', async () => {
  const stores = createObjectStores(sharedServers().environment);
  const bucket = await createTestBucket('pointers');
  return { pointers: stores.pointers({}), store: stores.output({}), bucket, close: async () => stores.close() };
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

/** The next PUTs get these faults, one each; all else passes. */
function puts(faults: S3Fault[]): (request: IncomingMessage) => S3Fault {
  return ({ method }) => (method === 'PUT' ? (faults.shift() ?? PASS) : PASS);
}

async function through(faults: S3Fault[]): Promise<PointerStore> {
  const { environment, s3 } = sharedServers();
  const proxy = await startS3Proxy(s3.endpoint, puts(faults));
  const stores = createObjectStores({ ...environment, AWS_ENDPOINT_URL: proxy.endpoint, AWS_ENDPOINT_URL_S3: proxy.endpoint });
  open.push(stores, proxy);
  return stores.pointers({});
}

const LOSE_REPLY: S3Fault = { kind: 'lose_reply' };
const CONFLICT: S3Fault = { kind: 'refuse', status: 409, code: 'ConditionalRequestConflict' };

describe('a pointer of S3', () => {
  it('is known to be switched though the reply was lost', async () => {
    const at = { bucket: await createTestBucket('pointers'), key: 'p' };
    const pointers = await through([LOSE_REPLY, PASS, LOSE_REPLY]);
    expect(await pointers.replace(at, Buffer.from('one'), null)).toBe('switched');
    const { etag = null } = (await pointers.read(at)) ?? {};
    expect(await pointers.replace(at, Buffer.from('two'), etag)).toBe('switched');
    expect(Buffer.from((await pointers.read(at))?.bytes ?? []).toString()).toBe('two');
  });

  it('is tried again where two writers meet', async () => {
    const at = { bucket: await createTestBucket('pointers'), key: 'p' };
    expect(await (await through([CONFLICT, CONFLICT])).replace(at, Buffer.from('one'), null)).toBe('switched');
  });

  it('is encrypted with the key that the output has', async () => {
    const server = await startLoopback(answer(200, ''));
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const stores = createObjectStores({ AWS_ENDPOINT_URL: server.origin, ...keys });
    open.push(stores, server);
    await stores.pointers({ sseKmsKeyId: 'k1' }).replace({ bucket: 'results', key: 'p' }, Buffer.from('x'), 'e1');
    expect(server.requests.at(-1)?.headers).toMatchObject({
      'if-match': '"e1"',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'k1',
    });
  });

  it('says which permission is lacking', async () => {
    const refusal = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    const server = await startLoopback(answer(403, refusal, { 'content-type': 'application/xml' }));
    const stores = createObjectStores({ AWS_ENDPOINT_URL: server.origin, AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' });
    open.push(stores, server);
    const refused = { problem: 'denied', message: expect.stringContaining('s3:PutObject') };
    const switching = stores.pointers({}).replace({ bucket: 'results', key: 'p' }, Buffer.from('x'), 'e1');
    await expect(switching).rejects.toMatchObject(refused);
  });
});

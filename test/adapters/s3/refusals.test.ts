import { afterEach, describe, expect, it } from 'vitest';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import { answer, startLoopback, type Loopback } from '../../support/loopback.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly more?: string;
  readonly headers?: Record<string, string>;
}

async function refusing({ status, code, more = '', headers = {} }: Refusal): Promise<{ server: Loopback; store: ObjectStore }> {
  const xml =
    code === undefined ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said ${code}</Message>${more}</Error>`;
  const server = await startLoopback(answer(status, xml, { 'content-type': 'application/xml', ...headers }));
  const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret-access-key' };
  const stores = createObjectStores({ AWS_ENDPOINT_URL: server.origin, ...keys });
  open.push(server, stores);
  return { server, store: stores.output({ sseKmsKeyId: 'kms-key' }) };
}
const AT = { bucket: 'imagery', key: 'a.tif' };

describe('a refusal by S3', () => {
  it.each<[Refusal, string, string]>([
    [{ status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-west-1' } }, 'wrong_region', 'in eu-west-1'],
    [{ status: 400, code: 'AuthorizationHeaderMalformed', more: '<Region>eu-west-1</Region>' }, 'wrong_region', 'in eu-west-1'],
    [{ status: 403, code: 'InvalidAccessKeyId' }, 'credentials', 'AWS_ACCESS_KEY_ID'],
    [{ status: 400, code: 'ExpiredToken' }, 'credentials', 'ExpiredToken'],
    [{ status: 403, code: 'InvalidObjectState' }, 'archived', 'Restore'],
    [{ status: 403, code: 'AccessDenied' }, 'denied', 's3:GetObject'],
    [{ status: 404, code: 'NoSuchBucket' }, 'no_bucket', 'imagery'],
    [{ status: 412, code: 'PreconditionFailed' }, 'changed', 'a.tif'],
  ])('of a GET, %j, is %s', async (refusal, problem, part) => {
    const { server, store } = await refusing(refusal);
    await expect(store.get(AT)).rejects.toMatchObject({ problem, message: expect.stringContaining(part) });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[Refusal, string]>([
    [{ status: 403 }, 'denied'],
    [{ status: 404 }, 'missing'],
    [{ status: 400 }, 'credentials'],
    [{ status: 400, headers: { 'x-amz-bucket-region': 'eu-west-1' } }, 'wrong_region'],
    [{ status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } }, 'wrong_region'],
  ])('of a HEAD, which has no body, %j, is %s', async (refusal, problem) => {
    const { store } = await refusing(refusal);
    await expect(store.head(AT)).rejects.toMatchObject({ problem });
  });

  it('of a version names the action that versions need', async () => {
    const { store } = await refusing({ status: 403, code: 'AccessDenied' });
    const message = expect.stringContaining('Allow s3:GetObjectVersion to these credentials') as string;
    await expect(store.get(AT, { versionId: 'v1' })).rejects.toMatchObject({ message });
    await expect(store.head(AT, { versionId: 'v1' })).rejects.toMatchObject({ message });
  });
});

describe('what is asked of S3', () => {
  it('is put if absent, encrypted as told, at a path-style address', async () => {
    const { server, store } = await refusing({ status: 200 });
    expect(await store.put(AT, 'x')).toBe('created');
    expect(server.requests[0]).toMatchObject({ method: 'PUT', body: 'x', path: expect.stringMatching(/^\/imagery\/a\.tif/u) });
    expect(server.requests[0]?.headers).toMatchObject({
      'if-none-match': '*',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'kms-key',
    });
  });

  it('says that the reader pays, and of which version and etag it asks, where that is so', async () => {
    const server = await startLoopback(answer(200, 'x', { etag: '"e"' }));
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret-access-key' };
    const stores = createObjectStores({ AWS_ENDPOINT_URL_S3: server.origin, AWS_ENDPOINT_URL: 'http://name.invalid', ...keys });
    open.push(server, stores);
    const store = stores.input({ requestPayer: true, region: 'eu-west-1' });
    for await (const chunk of await store.get(AT, { ifMatch: 'e', versionId: 'v1' }))
      expect(Buffer.from(chunk).toString()).toBe('x');
    const [request] = server.requests;
    expect(request?.path).toContain('versionId=v1');
    expect(request?.headers).toMatchObject({ 'x-amz-request-payer': 'requester', 'if-match': '"e"' });
    expect(request?.headers.authorization).toContain('/eu-west-1/s3/');
    await store.head(AT, { versionId: 'v1' });
    expect(server.requests[1]).toMatchObject({ method: 'HEAD', path: expect.stringContaining('versionId=v1') });
  });
});

import { describe, expect, it } from 'vitest';
import { createObjectRemover } from '../../../adapters/s3/remover.ts';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import { objectRemoverContract } from '../../contracts/object-remover.ts';
import { answer, startLoopback } from '../../support/loopback.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';

objectRemoverContract('S3', async () => {
  const { environment } = sharedServers();
  const bucket = await createTestBucket('remover');
  const stores = createObjectStores(environment);
  const remover = createObjectRemover({ bucket, prefix: '' }, environment);
  return {
    remover,
    store: stores.output({}),
    bucket,
    close: async () => {
      remover.close();
      stores.close();
    },
  };
});

describe('a remover for one prefix', () => {
  it.each([
    { bucket: 'results', key: 'run=1/captions/part-00000.jsonl' },
    { bucket: 'results', key: 'run=1/_work' },
    { bucket: 'other', key: 'run=1/_work/x' },
  ])('asks nothing of S3 about %j', async (at) => {
    const server = await startLoopback(answer(204, ''));
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const remover = createObjectRemover(
      { bucket: 'results', prefix: 'run=1/_work/' },
      { AWS_ENDPOINT_URL: server.origin, ...keys },
    );
    try {
      await expect(remover.remove(at)).rejects.toThrow('is not below s3://results/run=1/_work/');
      expect(server.requests).toEqual([]);
    } finally {
      remover.close();
      await server.close();
    }
  });

  it('says where there is no such bucket', async () => {
    const remover = createObjectRemover({ bucket: 'no-such-bucket', prefix: '' }, sharedServers().environment);
    try {
      await expect(remover.remove({ bucket: 'no-such-bucket', key: 'k' })).rejects.toMatchObject({ problem: 'no_bucket' });
    } finally {
      remover.close();
    }
  });

  it('says which permission is lacking', async () => {
    const refusal = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    const server = await startLoopback(answer(403, refusal, { 'content-type': 'application/xml' }));
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    const remover = createObjectRemover({ bucket: 'results', prefix: '' }, { AWS_ENDPOINT_URL: server.origin, ...keys });
    try {
      const refused = { problem: 'denied', message: expect.stringContaining('s3:DeleteObject') };
      await expect(remover.remove({ bucket: 'results', key: 'k' })).rejects.toMatchObject(refused);
    } finally {
      remover.close();
      await server.close();
    }
  });
});

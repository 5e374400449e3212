import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished } from 'vitest';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import { localS3Client } from '../../../local/buckets.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';

it('an object that was replaced or deleted is there at its old version, and a version that never was is not', async () => {
  const { environment, s3 } = sharedServers();
  const [stores, client] = [createObjectStores(environment), localS3Client(s3)];
  onTestFinished(() => {
    stores.close();
    client.destroy();
  });
  const at = { bucket: await createTestBucket('versions'), key: 'a.tif' };
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket: at.bucket, VersioningConfiguration }));
  const put = (Body: string) => client.send(new PutObjectCommand({ Bucket: at.bucket, Key: at.key, Body }));
  await put('before');
  const store = stores.input({ requestPayer: false });
  const before = await store.head(at);
  await put('now');
  expect((await store.head(at)).etag).not.toBe(before.etag);
  expect(before.versionId).not.toBeNull();
  await client.send(new DeleteObjectCommand({ Bucket: at.bucket, Key: at.key }));
  await expect(store.head(at)).rejects.toMatchObject({ problem: 'missing' });
  expect(await store.head(at, { versionId: before.versionId ?? '' })).toEqual(before);
  await expect(store.head(at, { versionId: '0'.repeat(32) })).rejects.toMatchObject({ problem: 'missing' });
});

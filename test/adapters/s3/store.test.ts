import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createObjectStores } from '../../../adapters/s3/store.ts';
import { localS3Client } from '../../../local/buckets.ts';
import { objectStoreContract } from '../../contracts/object-store.ts';
import { createTestBucket, sharedServers } from '../../support/servers.ts';

objectStoreContract('S3', async () => {
  const { environment, s3 } = sharedServers();
  const stores = createObjectStores(environment);
  const client = localS3Client(s3);
  return {
    store: { ...stores.output({}), ...stores.input({ requestPayer: false }) },
    bucket: await createTestBucket('store'),
    overwrite: async ({ bucket, key }, body) =>
      void (await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))),
    close: async () => {
      stores.close();
      client.destroy();
    },
  };
});

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Access } from './s3-server.ts';

/** A client of a local server, with addresses that need no DNS. The caller destroys it. */
export function localS3Client({ endpoint, region, accessKeyId, secretAccessKey }: S3Access): S3Client {
  // The SDK's notice about Node versions is for us, not for whoever runs tilescribe.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true, maxAttempts: 3 });
}

/** Creates the buckets that are not there yet. */
export async function createBuckets(s3: S3Access, names: readonly string[]): Promise<void> {
  const client = localS3Client(s3);
  try {
    await Promise.all(names.map((name) => createBucket(client, name)));
  } finally {
    client.destroy();
  }
}

async function createBucket(client: S3Client, name: string): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  } catch (error) {
    if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error;
  }
}

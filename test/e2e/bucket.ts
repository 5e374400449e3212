import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { createBuckets, localS3Client } from '../../local/buckets.ts';
import type { S3Access } from '../../local/s3-server.ts';
import { uniqueName } from '../support/servers.ts';

/** A bucket of one test's own. */
export interface Bucket {
  readonly name: string;
  put(key: string, body: Uint8Array | string): Promise<void>;
  get(key: string): Promise<Uint8Array>;
  keys(prefix: string): Promise<string[]>;
  close(): void;
}

/** Creates a bucket that nobody else uses. */
export async function openBucket(s3: S3Access): Promise<Bucket> {
  const name = uniqueName('e2e');
  await createBuckets(s3, [name]);
  const client = localS3Client(s3);
  return {
    name,
    put: async (key, body) => void (await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.from(body) }))),
    get: async (key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    keys: async (prefix) => {
      const found: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket: name, Prefix: prefix, ContinuationToken: token }));
        found.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return found;
    },
    close: () => client.destroy(),
  };
}

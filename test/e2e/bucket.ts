import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { createBuckets, localS3Client } from '../../local/buckets.ts';
import type { S3Access } from '../../local/s3-server.ts';
import { uniqueName } from '../support/servers.ts';

/** A bucket of one test's own. */
export interface Bucket {
  readonly name: string;
  put(key: string, body: Uint8Array | string): Promise<void>;
  get(key: string): Promise<Uint8Array>;
  /** Of every key, in their order; not all at once. */
  getAll(keys: readonly string[]): Promise<Uint8Array[]>;
  keys(prefix: string): Promise<string[]>;
  close(): void;
}

const READS_AT_ONCE = 32;

async function readAll(keys: readonly string[], get: Bucket['get']): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  for (let from = 0; from < keys.length; from += READS_AT_ONCE)
    read.push(...(await Promise.all(keys.slice(from, from + READS_AT_ONCE).map(get))));
  return read;
}

/** Creates a bucket that nobody else uses. */
export async function openBucket(s3: S3Access): Promise<Bucket> {
  const name = uniqueName('e2e');
  await createBuckets(s3, [name]);
  const client = localS3Client(s3);
  const get = async (key: string): Promise<Uint8Array> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
  return {
    name,
    get,
    getAll: (keys) => readAll(keys, get),
    put: async (key, body) => void (await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.from(body) }))),
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

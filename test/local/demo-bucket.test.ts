import { HeadObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { localS3Client } from '../../local/buckets.ts';
import { uploadDemoTiles } from '../../local/demo-bucket.ts';
import { createTestBucket, sharedServers } from '../support/servers.ts';

test('the demo uploads 128 tiles of the globe and six made objects, below its prefix', async () => {
  const bucket = await createTestBucket('demo');
  const { s3 } = sharedServers();
  const lines: string[] = [];
  const written = await uploadDemoTiles(s3, { bucket, prefix: 'tiles/', progress: (line) => void lines.push(line) });

  const client = localS3Client(s3);
  onTestFinished(() => client.destroy());
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: 'tiles/' })) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  expect(keys).toHaveLength(written);
  expect(keys.filter((key) => key.startsWith('tiles/blue-marble/'))).toHaveLength(128);
  expect(keys).toContain('tiles/made/ünïcode #1 & 100% (copy)?.tif');
  expect(lines).toHaveLength(4);
  const { ContentType } = await client.send(
    new HeadObjectCommand({ Bucket: bucket, Key: 'tiles/blue-marble/row-0/column-00.tif' }),
  );
  expect(ContentType).toBe('image/tiff');
});

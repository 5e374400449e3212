import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { localS3Client } from './buckets.ts';
import { demoTiles, GLOBE_TILES } from './imagery.ts';
import type { DemoTile } from './made-tiles.ts';
import type { S3Access } from './s3-server.ts';

const AT_ONCE = 4;
const REPORT_EVERY = 32;

export interface DemoUpload {
  /** Must exist. */
  readonly bucket: string;
  /** Ends in `/`, or is empty. */
  readonly prefix: string;
  readonly progress: (line: string) => void;
}

/**
 * Puts the demo's tiles into a bucket, over what is there.
 * @returns how many objects were written.
 */
export async function uploadDemoTiles(s3: S3Access, { bucket, prefix, progress }: DemoUpload): Promise<number> {
  const client = localS3Client(s3);
  const tiles = demoTiles()[Symbol.asyncIterator]();
  let written = 0;
  const onWritten = (): void => {
    written += 1;
    if (written % REPORT_EVERY === 0)
      progress(`${written} tiles uploaded to s3://${bucket}/${prefix} (${GLOBE_TILES} of the globe, then the made ones)`);
  };
  const lane = async (): Promise<void> => {
    for (let next = await tiles.next(); !next.done; next = await tiles.next()) {
      await putTile(client, { bucket, prefix, tile: next.value });
      onWritten();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return written;
  } finally {
    client.destroy();
  }
}

async function putTile(
  client: S3Client,
  { bucket, prefix, tile }: { bucket: string; prefix: string; tile: DemoTile },
): Promise<void> {
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${tile.key}`, Body: tile.body, ContentType: contentType(tile.key) }),
  );
}

function contentType(key: string): string {
  return key.endsWith('.tif') ? 'image/tiff' : 'text/plain';
}

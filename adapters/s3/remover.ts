import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { RunPlace } from '../../domain/layout.ts';
import { SECOND_MS } from '../../domain/units.ts';
import type { ObjectRemover } from '../../ports/object-remover.ts';
import { connectS3, type Environment } from './client.ts';
import { objectStoreError } from './problems.ts';

const STALL_MS = 30 * SECOND_MS;

/**
 * Deletes objects of one bucket below one prefix, and nothing else whatever it is asked. Whatever it is told that is
 * not there counts as deleted; in a bucket with versions the last version is kept behind a delete marker, as S3 does.
 */
export function createObjectRemover(below: RunPlace, environment: Environment = process.env): ObjectRemover & { close(): void } {
  const { client, site } = connectS3({ environment, region: null, stallMs: STALL_MS });
  return {
    remove: async (at) => {
      if (at.bucket !== below.bucket || !at.key.startsWith(below.prefix))
        throw new RangeError(`s3://${at.bucket}/${at.key} is not below s3://${below.bucket}/${below.prefix}`);
      const command = new DeleteObjectCommand({ Bucket: at.bucket, Key: at.key });
      try {
        await client.send(command);
      } catch (error) {
        const refused = objectStoreError(error, { action: 's3:DeleteObject', ...at }, site);
        if (refused.problem !== 'missing') throw refused;
      }
    },
    close: () => client.destroy(),
  };
}

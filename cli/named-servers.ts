import { Failure } from '../domain/failure.ts';
import type { S3Access } from '../local/s3-server.ts';

/** Servers that the environment names may be gone: a shell keeps the environment.sh of a stack that has ended. */

const UNSET = 'Start it, or unset TEMPORAL_ADDRESS and AWS_ENDPOINT_URL to have servers started here.';

/** @throws Failure `Unreachable` where `TEMPORAL_ADDRESS` names a server that does not answer. */
export async function requireNamedTemporal(): Promise<void> {
  const address = process.env['TEMPORAL_ADDRESS'];
  if (!address) return;
  const { connectTemporal } = await import('../adapters/temporal/connection.ts');
  try {
    await (await connectTemporal()).connection.close();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'Unreachable') throw error;
    const message = `No Temporal server answers at ${address}, which TEMPORAL_ADDRESS names. ${UNSET}`;
    throw new Failure('Unreachable', message, { cause: error });
  }
}

/** Creates those buckets that are not there yet. @throws Failure `Unreachable`, ObjectStoreError */
export async function createOwnBuckets(s3: S3Access, buckets: readonly string[]): Promise<void> {
  const { createBuckets } = await import('../local/buckets.ts');
  try {
    await createBuckets(s3, buckets);
  } catch (error) {
    const { objectStoreError } = await import('../adapters/s3/problems.ts');
    const act = { action: 's3:CreateBucket', bucket: buckets.join(', '), key: '' } as const;
    const known = objectStoreError(error, act, s3);
    if (known.problem !== 'unreachable') throw known;
    const message = `No S3 server answers at ${s3.endpoint}, which the environment names. ${UNSET}`;
    throw new Failure('Unreachable', message, { cause: error });
  }
}

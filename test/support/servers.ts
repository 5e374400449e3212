import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createBuckets } from '../../local/buckets.ts';
import type { Stack } from '../../local/stack.ts';

/** The servers that all tests of a run share, as the global set-up started them. Whoever uses them takes names of their own. */
export type SharedServers = Pick<Stack, 'temporal' | 's3' | 'environment'>;

declare module 'vitest' {
  interface ProvidedContext {
    servers: SharedServers;
  }
}

/** @returns the Temporal and the S3 server of this test run. */
export function sharedServers(): SharedServers {
  return inject('servers');
}

/** @returns a name nobody else has, which S3 takes as a bucket and Temporal as a task queue. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`;
}

/** @returns a bucket of the shared S3 server that nobody else uses. */
export async function createTestBucket(prefix = 'test'): Promise<string> {
  const name = uniqueName(prefix);
  await createBuckets(sharedServers().s3, [name]);
  return name;
}

import type { S3Location } from '../../domain/layout.ts';
import type { PutResult } from '../../ports/object-store.ts';
import type { S3Connection } from './client.ts';
import { objectStoreError } from './problems.ts';

/** How what is written is encrypted. */
export type Encryption = { readonly ServerSideEncryption?: 'aws:kms'; readonly SSEKMSKeyId?: string };

/** Where a write goes. */
export interface Target {
  readonly connection: S3Connection;
  readonly at: S3Location;
  readonly encryption: Encryption;
}

const PRECONDITION_FAILED = 412;

/** @returns `exists` for an error that says so. @throws anything else, in our words. */
export function outcome(error: unknown, { at, connection }: Target): PutResult {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'PreconditionFailed' || $metadata?.httpStatusCode === PRECONDITION_FAILED) return 'exists';
  throw objectStoreError(error, { action: 's3:PutObject', ...at }, connection.site);
}

import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Location } from '../../domain/layout.ts';
import { ObjectStoreError } from '../../ports/object-store.ts';
import type { Pointer, PointerStore } from '../../ports/pointer-store.ts';
import type { S3Connection } from './client.ts';
import { getObject } from './download.ts';
import { quoted } from './facts.ts';
import { objectStoreError } from './problems.ts';
import { headObject } from './reading.ts';
import type { Encryption } from './target.ts';

/** How pointers are read and written. */
export interface PointerSettings {
  readonly encryption: Encryption;
  readonly stallMs: number;
}

/** What S3 says where the condition of a write does not hold: changed, being changed, or not there any more. */
const REFUSED_NAMES: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];
const PRECONDITION_FAILED = 412;

function isRefused(error: unknown): boolean {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return REFUSED_NAMES.includes(name) || $metadata?.httpStatusCode === PRECONDITION_FAILED;
}

async function orNull<T>(problem: ObjectStoreError['problem'], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ObjectStoreError && error.problem === problem) return null;
    throw error;
  }
}

/** Objects that are replaced under the condition that they are still what was read. */
export function pointersOn(connection: S3Connection, { encryption, stallMs }: PointerSettings): PointerStore {
  const bytesAt = async (at: S3Location, etag: string): Promise<Uint8Array> => {
    const chunks: Uint8Array[] = [];
    const body = await getObject(connection, { at, options: { ifMatch: etag } }, { payer: {}, stallMs });
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const read = async (at: S3Location): Promise<Pointer | null> => {
    for (;;) {
      const found = await orNull('missing', () => headObject(connection, { at, options: {} }, {}));
      if (found === null) return null;
      const bytes = await orNull('missing', () => orNull('changed', () => bytesAt(at, found.etag)));
      if (bytes !== null) return { bytes, etag: found.etag };
    }
  };
  return {
    read,
    replace: async (at, bytes, etag) => {
      const condition = etag === null ? { IfNoneMatch: '*' } : { IfMatch: quoted(etag) };
      const command = new PutObjectCommand({ Bucket: at.bucket, Key: at.key, Body: bytes, ...condition, ...encryption });
      try {
        await connection.client.send(command);
        return 'switched';
      } catch (error) {
        if (!isRefused(error)) throw objectStoreError(error, { action: 's3:PutObject', ...at }, connection.site);
      }
      // The reply to a try of ours that was taken may have been lost.
      const there = await read(at);
      return there !== null && Buffer.compare(there.bytes, bytes) === 0 ? 'switched' : 'lost';
    },
  };
}

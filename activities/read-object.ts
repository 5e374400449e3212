import type { S3Location } from '../domain/layout.ts';
import { ObjectStoreError, type GetOptions, type ObjectStore } from '../ports/object-store.ts';

/** @returns a whole body. */
export async function chunksTogether(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @returns a whole object. @throws ObjectStoreError */
export async function readObject(store: ObjectStore, at: S3Location, options?: GetOptions): Promise<Uint8Array> {
  return chunksTogether(await store.get(at, options));
}

/** @returns a whole object, or null where there is none. @throws ObjectStoreError for any other reason */
export async function readIfThere(store: ObjectStore, at: S3Location): Promise<Uint8Array | null> {
  try {
    return await readObject(store, at);
  } catch (error) {
    if (error instanceof ObjectStoreError && error.problem === 'missing') return null;
    throw error;
  }
}

/** @returns the value that bytes we wrote stand for. */
export function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

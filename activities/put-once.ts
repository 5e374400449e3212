import type { S3Location } from '../domain/layout.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { readObject } from './read-object.ts';

/** `written`: the object holds our bytes, by this put or by an earlier one whose reply was lost. Otherwise what it holds. */
export type PutOnce = 'written' | { readonly adopted: Uint8Array };

/** Puts where nothing is; what is there already is read back and compared, never replaced. @throws ObjectStoreError */
export async function putOnce(store: ObjectStore, at: S3Location, bytes: Uint8Array): Promise<PutOnce> {
  if ((await store.put(at, bytes)) === 'created') return 'written';
  const there = await readObject(store, at);
  return Buffer.compare(there, bytes) === 0 ? 'written' : { adopted: there };
}

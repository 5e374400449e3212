import type { RunRef } from '../domain/run.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';

/** @returns the store for what a run writes, with its key where it has one. */
export function outputStore(stores: ObjectStores, { sseKmsKeyId }: Pick<RunRef, 'sseKmsKeyId'>): ObjectStore {
  return stores.output(sseKmsKeyId === undefined ? {} : { sseKmsKeyId });
}

import type { InputSpec } from '../domain/spec.ts';
import type { ObjectStore, ObjectStores } from '../ports/object-store.ts';

/** @returns the store for reading tiles, as the spec says. */
export function inputStore(stores: ObjectStores, { requestPayer, region }: InputSpec): ObjectStore {
  return stores.input(region === undefined ? { requestPayer } : { requestPayer, region });
}

import type { S3Location } from '../domain/layout.ts';

/** An object that is replaced, as it was read. */
export interface Pointer {
  readonly bytes: Uint8Array;
  /** Without quotes. */
  readonly etag: string;
}

/** `lost`: somebody else replaced it before. */
export type Switched = 'switched' | 'lost';

/**
 * The right to replace an object, apart from the object store: of many who have read the same version exactly one is
 * told `switched`. Both methods throw ObjectStoreError.
 */
export interface PointerStore {
  /** @returns null where there is none. */
  read(at: S3Location): Promise<Pointer | null>;
  /**
   * @param bytes of no version before: whoever finds them there after a reply was lost takes them for its own.
   * @param etag of the version that is replaced; null where there must be none.
   */
  replace(at: S3Location, bytes: Uint8Array, etag: string | null): Promise<Switched>;
}

/** A store for the pointers of what a run writes. */
export interface PointerStores {
  pointers(options: { readonly sseKmsKeyId?: string }): PointerStore;
}

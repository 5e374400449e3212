import type { S3Location } from '../domain/layout.ts';

/** Why an object could not be had. Throttles and dropped connections have been retried before any of these. */
export type ObjectStoreProblem =
  | 'missing'
  | 'no_bucket'
  | 'denied'
  // For another reason than who asks.
  | 'refused'
  | 'changed'
  | 'archived'
  | 'too_large'
  | 'wrong_region'
  | 'credentials'
  | 'unreachable';

/** A sentence that names the bucket or key, mostly with one that says what to do. */
export class ObjectStoreError extends Error {
  readonly problem: ObjectStoreProblem;
  /** What is wrong alone, for whoever knows better what to do. */
  readonly fact: string;
  constructor(problem: ObjectStoreProblem, message: string, options: ErrorOptions & { readonly fact?: string } = {}) {
    super(message, options);
    this.name = 'ObjectStoreError';
    this.problem = problem;
    this.fact = options.fact ?? message;
  }
}

export interface ObjectFacts {
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly lastModified: string | null;
  readonly versionId: string | null;
}

export interface ListQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** Keys after this one, in the order of their UTF-8 bytes. */
  readonly startAfter?: string;
  /**
   * Only the folders right below the prefix: what the keys have up to the next "/", each once, with it at their end.
   * Nothing but its key is known of a folder; objects are left out.
   */
  readonly folders?: true;
}

export interface HeadOptions {
  /** The present one where nothing is said. */
  readonly versionId?: string;
}

export interface GetOptions extends HeadOptions {
  /** Refused as `changed` where the object has another etag. */
  readonly ifMatch?: string;
  /** Refused as `too_large` beyond this, before or during the transfer. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** `exists` means that the key was taken: the reply to an earlier try of ours may have been lost, so read it back. */
export type PutResult = 'created' | 'exists';

/**
 * The S3 that tilescribe needs. Every write is put-if-absent and atomic: of many writers of one key exactly one is
 * told `created`. Listings are complete at once and in the order of the keys' UTF-8 bytes.
 * All methods throw {@link ObjectStoreError}.
 */
export interface ObjectStore {
  /** Pages of at most 1,000. */
  list(query: ListQuery): AsyncIterable<readonly ObjectFacts[]>;
  head(at: S3Location, options?: HeadOptions): Promise<ObjectFacts>;
  /** The body as it arrives; an object cut short is an error. */
  get(at: S3Location, options?: GetOptions): Promise<AsyncIterable<Uint8Array>>;
  put(at: S3Location, body: Uint8Array | string): Promise<PutResult>;
  /** Like put, streaming; beyond 64 MiB a multipart upload with the condition on its completion. */
  upload(at: S3Location, body: AsyncIterable<Uint8Array>): Promise<PutResult>;
}

/** A store for reading tiles, as a spec's `input` says, and one for what a run writes. */
export interface ObjectStores {
  input(options: { readonly requestPayer: boolean; readonly region?: string }): ObjectStore;
  output(options: { readonly sseKmsKeyId?: string }): ObjectStore;
}

import { Failure } from '../../domain/failure.ts';
import { s3Uri, type S3Location } from '../../domain/layout.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** @returns the Failure of an input that another attempt has read otherwise. */
export function changedMeanwhile(at: S3Location): Failure {
  return new Failure('InvalidSpec', `${s3Uri(at)} changed while it was read; start a run with a new id.`);
}

/** The object that names the tiles: the same for every attempt of a run. */
export class PinnedObject {
  readonly #store: ObjectStore;
  readonly #at: S3Location;
  #etag: string | null;

  /** @param etag as an earlier attempt read it; null at first. */
  constructor(store: ObjectStore, at: S3Location, etag: string | null) {
    this.#store = store;
    this.#at = at;
    this.#etag = etag;
  }

  /** Null until it was opened. */
  get etag(): string | null {
    return this.#etag;
  }

  /** @throws Failure `InvalidSpec` where it is another by now; ObjectStoreError */
  async open({ maxBytes, signal }: { maxBytes?: number; signal: AbortSignal }): Promise<AsyncIterable<Uint8Array>> {
    const { etag } = await this.#store.head(this.#at);
    if (this.#etag !== null && this.#etag !== etag) throw changedMeanwhile(this.#at);
    this.#etag = etag;
    const most = maxBytes === undefined ? {} : { maxBytes };
    return this.#store.get(this.#at, { ifMatch: etag, signal, ...most });
  }
}

import { createHash } from 'node:crypto';
import { parseS3Uri, type S3Location } from '../../domain/layout.ts';
import {
  ObjectStoreError,
  type GetOptions,
  type ListQuery,
  type ObjectFacts,
  type ObjectStore,
  type ObjectStores,
  type PutResult,
} from '../../ports/object-store.ts';
import { Hooks, type StoreCall } from './store-hooks.ts';

interface Stored extends ObjectFacts {
  readonly bytes: Uint8Array;
}

const PAGE = 1_000;
/** Small, so that what reads a body meets more than one chunk. */
const CHUNK = 64 * 1_024;

function byUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function missing(at: S3Location): ObjectStoreError {
  return new ObjectStoreError('missing', `s3://${at.bucket}/${at.key} is not there.`);
}

async function* chunksOf(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK) {
    signal?.throwIfAborted();
    yield bytes.subarray(at, at + CHUNK);
  }
}

/** An S3 in memory, atomic like the real one, with hooks to hold, fail or silence single calls. */
export class MemoryStore implements ObjectStore, ObjectStores {
  readonly hooks = new Hooks();
  private readonly buckets = new Map<string, Map<string, Stored>>();

  constructor(buckets: readonly string[] = ['bucket']) {
    for (const bucket of buckets) this.buckets.set(bucket, new Map());
  }

  /** Every call so far, in order. */
  get calls(): readonly StoreCall[] {
    return this.hooks.calls;
  }

  input(): ObjectStore {
    return this;
  }

  output(): ObjectStore {
    return this;
  }

  close(): void {}

  async *list(query: ListQuery): AsyncGenerator<readonly ObjectFacts[]> {
    const found = await this.hooks.around({ verb: 'list', bucket: query.bucket, key: query.prefix }, () => this.listed(query));
    for (let at = 0; at < found.length; at += PAGE) yield found.slice(at, at + PAGE);
  }

  head(at: S3Location): Promise<ObjectFacts> {
    return this.hooks.around({ verb: 'head', ...at }, () => facts(this.found(at)));
  }

  get(at: S3Location, options: GetOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    return this.hooks.around({ verb: 'get', ...at }, () => {
      options.signal?.throwIfAborted();
      const stored = this.found(at);
      if (options.ifMatch !== undefined && options.ifMatch !== stored.etag)
        throw new ObjectStoreError('changed', `s3://${at.bucket}/${at.key} changed.`);
      if (stored.sizeBytes > (options.maxBytes ?? Infinity))
        throw new ObjectStoreError('too_large', `s3://${at.bucket}/${at.key} is too large.`);
      return chunksOf(stored.bytes, options.signal);
    });
  }

  put(at: S3Location, body: Uint8Array | string): Promise<PutResult> {
    return this.write('put', at, Buffer.from(body));
  }

  async upload(at: S3Location, body: AsyncIterable<Uint8Array>): Promise<PutResult> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return this.write('upload', at, Buffer.concat(chunks));
  }

  /** Puts without a condition, as somebody else's program would. */
  overwrite(at: S3Location, body: Uint8Array | string): void {
    const bytes = Buffer.from(body);
    const etag = createHash('md5').update(bytes).digest('hex');
    const lastModified = new Date().toISOString();
    this.bucket(at).set(at.key, { key: at.key, etag, sizeBytes: bytes.byteLength, lastModified, versionId: null, bytes });
  }

  /** Puts under the condition that the object is still that one; `exists` where it is not. */
  replaceIf(at: S3Location, body: Uint8Array | string, etag: string | null): Promise<PutResult> {
    const bytes = Buffer.from(body);
    return this.hooks.around({ verb: 'put', ...at }, (): PutResult => {
      if ((this.bucket(at).get(at.key)?.etag ?? null) !== etag) return 'exists';
      this.overwrite(at, bytes);
      return 'created';
    });
  }

  remove(at: S3Location): void {
    this.bucket(at).delete(at.key);
  }

  /** @returns the object at `s3://bucket/key` as text. @throws where there is none. */
  text(uri: string): string {
    return Buffer.from(this.found(parseS3Uri(uri) ?? { bucket: '', key: uri }).bytes).toString();
  }

  /** @returns all keys with that prefix, in the order of a listing. */
  keys(bucket: string, prefix = ''): string[] {
    return this.listed({ bucket, prefix }).map(({ key }) => key);
  }

  private write(verb: 'put' | 'upload', at: S3Location, bytes: Uint8Array): Promise<PutResult> {
    return this.hooks.around({ verb, ...at }, (): PutResult => {
      if (this.bucket(at).has(at.key)) return 'exists';
      this.overwrite(at, bytes);
      return 'created';
    });
  }

  private listed(query: ListQuery): ObjectFacts[] {
    const all = [...this.bucket(query).values()].filter(({ key }) => key.startsWith(query.prefix));
    const after = all.filter(({ key }) => query.startAfter === undefined || byUtf8(key, query.startAfter) > 0);
    const sorted = after.toSorted((a, b) => byUtf8(a.key, b.key)).map(facts);
    return query.folders === true ? foldersOf(query.prefix, sorted) : sorted;
  }

  private bucket(at: { readonly bucket: string }): Map<string, Stored> {
    const bucket = this.buckets.get(at.bucket);
    if (bucket === undefined) throw new ObjectStoreError('no_bucket', `Bucket ${at.bucket} does not exist.`);
    return bucket;
  }

  private found(at: S3Location): Stored {
    const stored = this.bucket(at).get(at.key);
    if (stored === undefined) throw missing(at);
    return stored;
  }
}

function facts({ bytes: _bytes, ...rest }: Stored): ObjectFacts {
  return rest;
}

function foldersOf(prefix: string, objects: readonly ObjectFacts[]): ObjectFacts[] {
  const ends = objects.map(({ key }) => key.indexOf('/', prefix.length) + 1);
  const folders = new Set(objects.flatMap(({ key }, at) => (ends[at] === 0 ? [] : [key.slice(0, ends[at])])));
  return [...folders].map((key) => ({ key, etag: '', sizeBytes: 0, lastModified: null, versionId: null }));
}

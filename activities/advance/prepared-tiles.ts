import type { ErrorCode } from '../../domain/errors.ts';
import { s3Uri } from '../../domain/layout.ts';
import type { ImageSpec } from '../../domain/spec.ts';
import { NO_FACTS, type Tile, type TileFacts } from '../../domain/tile.ts';
import { MIB } from '../../domain/units.ts';
import { ObjectStoreError, type GetOptions, type ObjectStore, type ObjectStoreProblem } from '../../ports/object-store.ts';
import type { TileRenderer } from '../../ports/tile-renderer.ts';
import { readObject } from '../read-object.ts';

/** A tile as it will be sent, or why it cannot be. */
export type Prepared =
  | { readonly ok: true; readonly picture: Uint8Array; readonly facts: TileFacts }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly facts: TileFacts };

/** Where a tile is read and what picture is wanted of it. */
export interface Wanted {
  readonly store: ObjectStore;
  readonly tile: Tile;
  readonly image: ImageSpec;
}

/** Larger objects are no tiles; a worker holds a few of them at once. */
const MAX_SOURCE_BYTES = 256 * MIB;
const KEPT_BYTES = 96 * MIB;
const UNLISTED = 'was not there, or not to be read, when the list of this run was made. It is now: the next run asks about it.';

/** What S3 says of an object becomes its record; anything else is trouble of ours, and is tried again. */
const PROBLEM_CODES: Readonly<Partial<Record<ObjectStoreProblem, ErrorCode>>> = {
  missing: 'missing',
  no_bucket: 'missing',
  denied: 'denied',
  refused: 'denied',
  changed: 'changed',
  archived: 'archived',
  too_large: 'too_large',
};

interface Entry {
  readonly promise: Promise<Prepared>;
  prepared: Prepared | null;
}

/**
 * Tiles downloaded and rendered ahead of need, each once, in a cache of bounded size that outlives slices and is
 * shared by all strands of a worker.
 */
export class PreparedTiles {
  readonly #renderer: TileRenderer;
  readonly #kept = new Map<string, Entry>();
  #keptBytes = 0;

  constructor(renderer: TileRenderer) {
    this.#renderer = renderer;
  }

  /** @returns the prepared tile, or null while it is not ready. */
  peek(wanted: Wanted): Prepared | null {
    return this.#kept.get(nameOf(wanted))?.prepared ?? null;
  }

  /** Rejects only where S3 or tilescribe itself is in trouble; a bad tile is a value. */
  prepare(wanted: Wanted): Promise<Prepared> {
    const name = nameOf(wanted);
    const known = this.#kept.get(name);
    if (known !== undefined) {
      this.#kept.delete(name);
      this.#kept.set(name, known);
      return known.promise;
    }
    const entry: Entry = { promise: this.#make(wanted), prepared: null };
    this.#kept.set(name, entry);
    void this.#settle(name, entry);
    return entry.promise;
  }

  async #settle(name: string, entry: Entry): Promise<void> {
    try {
      const prepared = await entry.promise;
      // Only pictures are kept: what S3 refuses now it may give after somebody mended it.
      if (!prepared.ok) return void this.#kept.delete(name);
      entry.prepared = prepared;
      this.#keptBytes += sizeOf(entry);
      this.#evict(name);
    } catch {
      this.#kept.delete(name);
    }
  }

  #evict(latest: string): void {
    for (const [name, entry] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      if (name === latest || entry.prepared === null) continue;
      this.#kept.delete(name);
      this.#keptBytes -= sizeOf(entry);
    }
  }

  async #make({ store, tile, image }: Wanted): Promise<Prepared> {
    const { etag } = tile;
    try {
      if (etag === null) return await unlisted(store, tile);
      const bytes = await readObject(store, tile, getOptions({ ...tile, etag }));
      if (bytes.length === 0) return failed('decode_failed', 'the object is empty');
      return await this.#renderer.render({ key: tile.key, bytes }, image);
    } catch (error) {
      const code = error instanceof ObjectStoreError ? PROBLEM_CODES[error.problem] : undefined;
      if (code === undefined || !(error instanceof Error)) throw error;
      return failed(code, error.message);
    }
  }
}

/**
 * The list of a run has no etag of what could not be had when it was made. Whatever is there now is not what the run is
 * about, and without an etag no later run could tell what was asked.
 */
async function unlisted(store: ObjectStore, tile: Tile): Promise<Prepared> {
  const body = (await store.get(tile))[Symbol.asyncIterator]();
  await body.next();
  await body.return?.();
  return failed('missing', `${s3Uri(tile)} ${UNLISTED}`);
}

function getOptions(tile: Tile & { readonly etag: string }): GetOptions {
  const version = tile.version_id === null ? {} : { versionId: tile.version_id };
  return { maxBytes: MAX_SOURCE_BYTES, ifMatch: tile.etag, ...version };
}

function failed(code: ErrorCode, message: string): Prepared {
  return { ok: false, code, message, facts: NO_FACTS };
}

function nameOf({ tile, image }: Wanted): string {
  return JSON.stringify([tile.bucket, tile.key, tile.etag, image]);
}

function sizeOf(entry: Entry): number {
  return entry.prepared?.ok === true ? entry.prepared.picture.byteLength : 0;
}

import type { ErrorCode } from '../domain/errors.ts';
import { s3Uri } from '../domain/layout.ts';
import type { TileRecord } from '../domain/record.ts';
import type { Tile } from '../domain/tile.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore } from '../ports/object-store.ts';
import type { Difference, Differences } from './differences.ts';

/** Far below the 5,500 a second that S3 serves of a prefix; where it asks for less, the store waits. */
const AT_ONCE = 64;
/** The run says itself that the object could not be had as it was listed. */
const KNOWN: readonly (ErrorCode | null)[] = ['missing', 'changed', 'denied'];

/** Where the line of a tile stands. */
export type LinePlace = Pick<Difference, 'path' | 'line'>;

/** Looks whether tiles are still what they were, many at once and no more than that. */
export class Sources {
  readonly #input: ObjectStore;
  readonly #differences: Differences;
  readonly #underWay = new Set<Promise<void>>();
  readonly #broken: unknown[] = [];
  /** Tiles that were looked at. */
  checked = 0;

  constructor(input: ObjectStore, differences: Differences) {
    this.#input = input;
    this.#differences = differences;
  }

  /** Begins to look at a tile; waits while too many are looked at. @throws ObjectStoreError of an earlier one */
  async look(tile: Tile, records: readonly TileRecord[], place: LinePlace): Promise<void> {
    if (tile.etag === null || records.every(({ error_code: code }) => KNOWN.includes(code))) return;
    while (this.#underWay.size >= AT_ONCE) await Promise.race(this.#underWay);
    this.#refuseBroken();
    const looking: Promise<void> = this.#compare(tile, place)
      .catch((error: unknown) => void this.#broken.push(error))
      .finally(() => this.#underWay.delete(looking));
    this.#underWay.add(looking);
  }

  /** Waits for all that were begun. @throws ObjectStoreError */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#refuseBroken();
  }

  #refuseBroken(): void {
    if (this.#broken.length > 0) throw this.#broken[0];
  }

  async #compare(tile: Tile, place: LinePlace): Promise<void> {
    const there = await this.#facts(tile);
    this.checked += 1;
    if (there?.etag === tile.etag) return;
    const was = `had etag ${tile.etag} when it was asked about`;
    const [kind, now] =
      there === null
        ? (['source_missing', 'is not there any more'] as const)
        : (['source_changed', `has etag ${there.etag} now`] as const);
    const what = tile.version_id === null ? s3Uri(tile) : `${s3Uri(tile)} at version ${tile.version_id}`;
    this.#differences.add({ kind, ...place, message: `${what} ${now}; it ${was}.` });
  }

  /** What was read at a version is still there at that version, whatever was put since. */
  async #facts(tile: Tile): Promise<ObjectFacts | null> {
    const { version_id } = tile;
    try {
      return await this.#input.head(tile, version_id === null ? {} : { versionId: version_id });
    } catch (error) {
      if (error instanceof ObjectStoreError && (error.problem === 'missing' || error.problem === 'no_bucket')) return null;
      throw error;
    }
  }
}

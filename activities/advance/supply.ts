import type { TilePlace } from '../../domain/log.ts';
import type { Tile } from '../../domain/tile.ts';
import type { Prepared } from './prepared-tiles.ts';

/** A tile in the order of the manifest, with what preparation made of it. */
export interface Drawn extends TilePlace {
  readonly tile: Tile;
  readonly prepared: Prepared;
}

interface Coming extends TilePlace {
  readonly tile: Tile;
  prepared: Prepared | null;
}

export interface SupplyOptions {
  /** Ranges of this strand, in order. */
  readonly ranges: readonly number[];
  readonly from: TilePlace;
  readonly skip: readonly TilePlace[];
  /** Nothing is to be asked of it. */
  isCovered(place: TilePlace): boolean;
  tilesOf(range: number): Promise<readonly Tile[]>;
  prepare(tile: Tile): Promise<Prepared>;
}

function name(place: TilePlace): string {
  return `${place.range}/${place.line}`;
}

/** The tiles that come next, prepared ahead of need; one that takes long is overtaken by those behind it. */
export class Supply {
  readonly #options: SupplyOptions;
  readonly #skip: ReadonlySet<string>;
  readonly #coming = new Map<string, Coming>();
  #next: TilePlace | null;
  #naming = false;

  constructor(options: SupplyOptions) {
    this.#options = options;
    this.#skip = new Set(options.skip.map(name));
    this.#next = options.ranges.includes(options.from.range) ? options.from : null;
  }

  /** No tile is left to prepare. */
  get exhausted(): boolean {
    return this.#next === null;
  }

  /** Tiles that are being prepared or wait to be drawn. */
  get coming(): number {
    return this.#coming.size;
  }

  get preparing(): boolean {
    return [...this.#coming.values()].some(({ prepared }) => prepared === null);
  }

  /** The next tile is being named: whoever waits for that names the one after it. */
  get naming(): boolean {
    return this.#naming;
  }

  /** Names the next tile that should be prepared; null where none is left. */
  async advance(): Promise<Coming | null> {
    this.#naming = true;
    try {
      return await this.#named();
    } finally {
      this.#naming = false;
    }
  }

  async #named(): Promise<Coming | null> {
    while (this.#next !== null) {
      const place = this.#next;
      const tile = (await this.#options.tilesOf(place.range))[place.line];
      // Somebody else named this one while the range was being read.
      if (this.#next !== place) continue;
      this.#next = tile === undefined ? this.#rangeAfter(place.range) : { range: place.range, line: place.line + 1 };
      if (tile === undefined || this.#skip.has(name(place)) || this.#options.isCovered(place)) continue;
      const coming: Coming = { ...place, tile, prepared: null };
      this.#coming.set(name(place), coming);
      return coming;
    }
    return null;
  }

  /** Prepares what {@link advance} named. Rejects only where S3 or tilescribe itself is in trouble. */
  async prepare(coming: Coming): Promise<void> {
    coming.prepared = await this.#options.prepare(coming.tile);
  }

  /** Takes the first tile that is ready. */
  draw(): Drawn | null {
    for (const [key, { prepared, ...place }] of this.#coming) {
      if (prepared === null) continue;
      this.#coming.delete(key);
      return { ...place, prepared };
    }
    return null;
  }

  #rangeAfter(range: number): TilePlace | null {
    const next = this.#options.ranges.find((candidate) => candidate > range);
    return next === undefined ? null : { range: next, line: 0 };
  }
}

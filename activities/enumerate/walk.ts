import type { S3Location } from '../../domain/layout.ts';
import { IGNORED_NONE, type Tile } from '../../domain/tile.ts';
import { compareLocations } from '../../domain/merge-order.ts';
import { sumIgnored, withIgnored, type Candidate, type IgnoredCounts, type Source } from './candidate.ts';

/** A stretch of the input. */
export interface Stretch {
  readonly tiles: readonly Tile[];
  /** Up to the stretch's last tile; up to the end of the input where that came. */
  readonly ignored: IgnoredCounts;
  /** No tile follows. */
  readonly end: boolean;
}

/** What is asked of a stretch. `final`: nothing behind it is wanted (the limit), so nothing is looked for. */
export interface Ending {
  readonly final: boolean;
}

/** Goes through a source once, tile by tile, one stretch in memory. */
export class Walk {
  readonly #candidates: AsyncGenerator<Candidate>;
  #next: Candidate | null = null;
  /** Seen behind the last stretch while looking whether a tile follows. */
  #ahead: IgnoredCounts = IGNORED_NONE;

  constructor(source: Source, cut: S3Location | null) {
    const all = source.after(cut);
    this.#candidates = source.asked?.(all) ?? all;
  }

  /** @returns the next tiles, `most` at most. */
  async take(most: number, ending: Ending): Promise<Stretch> {
    const tiles: Tile[] = [];
    const ignored = await this.#until(
      () => tiles.length === most,
      (tile) => tiles.push(tile),
    );
    return this.#stretch({ tiles, ignored }, ending.final && tiles.length === most);
  }

  /** Passes what an earlier attempt has written already, to count what it ignored. @param last its last tile. */
  async pass(last: S3Location, ending: Ending): Promise<Stretch> {
    const ignored = await this.#until(
      ({ tile }) => compareLocations(tile, last) > 0,
      () => {},
    );
    return this.#stretch({ tiles: [], ignored }, ending.final);
  }

  async close(): Promise<void> {
    await this.#candidates.return(undefined);
  }

  async #peek(): Promise<Candidate | null> {
    if (this.#next === null) {
      const { done, value } = await this.#candidates.next();
      this.#next = done === true ? null : value;
    }
    return this.#next;
  }

  async #until(stop: (candidate: Candidate) => boolean, accept: (tile: Tile) => void): Promise<IgnoredCounts> {
    let ignored = this.#ahead;
    this.#ahead = IGNORED_NONE;
    for (;;) {
      const candidate = await this.#peek();
      if (candidate === null || stop(candidate)) return ignored;
      if (candidate.ignored === null) accept(candidate.tile);
      else ignored = withIgnored(ignored, candidate.ignored);
      this.#next = null;
    }
  }

  async #stretch(taken: Omit<Stretch, 'end'>, final: boolean): Promise<Stretch> {
    if (final) return { ...taken, end: true };
    const ahead = await this.#until(
      (candidate) => candidate.ignored === null,
      () => {},
    );
    if ((await this.#peek()) === null) return { ...taken, ignored: sumIgnored(taken.ignored, ahead), end: true };
    this.#ahead = ahead;
    return { ...taken, end: false };
  }
}

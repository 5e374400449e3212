import { batchesFrom, LineMerge, type Batch } from './line-batches.ts';
import { Spill } from './spill.ts';

/** Sorted lines of a run, or of several. */
export type LineStream<Line> = AsyncGenerator<Batch<Line>>;

/** How lines are joined. */
export interface Joining<Place, Line extends Place> {
  /** The order of all streams. */
  readonly order: (a: Place, b: Place) => number;
  /** @returns of the lines of one place those that still matter: the others need not go to the disk. */
  readonly decisive: (lines: readonly Line[]) => readonly Line[];
}

/** Streams that are read at once: of each a part or a connection is held. */
const AT_ONCE = 16;

/**
 * Any number of sorted streams, place by place. Where they are more than are read at once they are joined on the local
 * disk, as lines of JSON, so that neither memory nor connections grow with their number.
 */
export class SideBySide<Place, Line extends Place> {
  readonly #joining: Joining<Place, Line>;
  /** Streams that are being read; behind them what waits on the disk, of many of these. */
  readonly #levels: LineMerge<Line>[] = [];
  readonly #spills = new Set<Spill>();

  constructor(joining: Joining<Place, Line>) {
    this.#joining = joining;
  }

  /** Streams may come at any time. @throws Failure `Unreachable` where the disk refuses; what the streams throw */
  async add(streams: readonly LineStream<Line>[]): Promise<void> {
    await this.#add(0, streams);
  }

  /** @returns all lines of a place, in no order; they and all before them are left behind. */
  async upTo(place: Place): Promise<Line[]> {
    const found: Line[] = [];
    for (const level of this.#levels) {
      for (let line = level.least; line !== undefined; line = level.least) {
        const order = this.#joining.order(line, place);
        if (order > 0) break;
        if (order === 0) found.push(line);
        const reading = level.step();
        if (reading !== null) await reading;
      }
    }
    return found;
  }

  async close(): Promise<void> {
    await Promise.all(this.#levels.map((level) => level.close()));
    await Promise.all([...this.#spills].map((spill) => spill.close()));
  }

  /** Side by side where they are few; else what is there first goes to the disk together, and is one on the next level. */
  async #add(at: number, streams: readonly LineStream<Line>[]): Promise<void> {
    const level = (this.#levels[at] ??= new LineMerge<Line>(this.#joining.order));
    const room = AT_ONCE - level.size;
    await level.add(streams.slice(0, room));
    const others = streams.slice(room);
    if (others.length === 0) return;
    await this.#add(at + 1, [this.#spilled(await this.#spill(level))]);
    await this.#add(at, others);
  }

  /** @returns what is left of a level, without what does not matter. */
  async #spill(level: LineMerge<Line>): Promise<Spill> {
    const spill = await Spill.open();
    this.#spills.add(spill);
    await spill.write(this.#thinned(level.batches()));
    return spill;
  }

  async *#spilled(spill: Spill): LineStream<Line> {
    yield* batchesFrom(spill.read<Line>());
    this.#spills.delete(spill);
    await spill.close();
  }

  async *#thinned(stream: LineStream<Line>): AsyncGenerator<Line> {
    const { order, decisive } = this.#joining;
    let held: Line[] = [];
    for await (const batch of stream) {
      for (const line of batch) {
        const [first] = held;
        if (first !== undefined && order(first, line) !== 0) {
          yield* decisive(held);
          held = [];
        }
        held.push(line);
      }
    }
    yield* decisive(held);
  }
}

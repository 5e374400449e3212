interface Kept<T> {
  readonly rank: string;
  readonly value: T;
}

/** Keeps those of the lowest ranks of any number of values, and holds no others. */
export class Sample<T> {
  readonly #most: number;
  /** The lowest rank first. */
  readonly #kept: Kept<T>[] = [];

  /** @param most 1 or more. */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param rank decides alone; of equal ones the first comes first. */
  add(rank: string, value: T): void {
    const highest = this.#kept.at(-1);
    const isFull = this.#kept.length === this.#most;
    if (isFull && highest !== undefined && highest.rank <= rank) return;
    if (isFull) this.#kept.pop();
    this.#kept.splice(this.#placeOf(rank), 0, { rank, value });
  }

  /** @returns what was kept, the lowest rank first. */
  values(): T[] {
    return this.#kept.map(({ value }) => value);
  }

  #placeOf(rank: string): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#kept[middle]?.rank ?? '') <= rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const GROWTH = Math.log(1.05);

const THOUSANDTHS = 1_000;

/** What a report says about a set of numbers; percentiles are within 3 %, `max` is exact. */
export interface Spread {
  readonly count: number;
  /** Exact but for its rounding to thousandths. */
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts whole numbers from 0 by size, in classes 5 % wide: the same memory for a thousand as for a billion. */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #sum = 0;
  #max = 0;

  /** @param value 0 or more; below 21 whole numbers are told apart exactly. */
  add(value: number): void {
    this.#count(value < 1 ? -1 : Math.floor(Math.log(value) / GROWTH), 1);
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
  }

  merge(other: Histogram): void {
    for (const [size, count] of other.#counts) this.#count(size, count);
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** @returns null where nothing was added. */
  spread(): Spread | null {
    if (this.#total === 0) return null;
    const mean = Math.round((this.#sum / this.#total) * THOUSANDTHS) / THOUSANDTHS;
    const [p50, p95, p99] = [this.#percentile(0.5), this.#percentile(0.95), this.#percentile(0.99)];
    return { count: this.#total, mean, p50, p95, p99, max: this.#max };
  }

  #count(size: number, count: number): void {
    this.#counts.set(size, (this.#counts.get(size) ?? 0) + count);
    this.#total += count;
  }

  #percentile(share: number): number {
    let left = Math.ceil(share * this.#total);
    for (const [size, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return size < 0 ? 0 : Math.min(this.#max, Math.round(Math.exp((size + 0.5) * GROWTH)));
    }
    return this.#max;
  }
}

/** Lines some at a time: waiting for each of a million lines costs more than what is done with it. */
export type Batch<Line> = readonly Line[];

const LINES = 100;

/** @returns the lines in batches; where they break off, those before that come first. */
export function* batchesOf<Line>(lines: Iterable<Line>): Generator<Batch<Line>> {
  let batch: Line[] = [];
  try {
    for (const line of lines) {
      batch.push(line);
      if (batch.length < LINES) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    yield batch;
    throw error;
  }
  yield batch;
}

/** The same of lines that have to be waited for. */
export async function* batchesFrom<Line>(lines: AsyncIterable<Line>): AsyncGenerator<Batch<Line>> {
  let batch: Line[] = [];
  try {
    for await (const line of lines) {
      batch.push(line);
      if (batch.length < LINES) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    yield batch;
    throw error;
  }
  yield batch;
}

/** A stream with the batch that was read of it last. */
class Head<Line> {
  readonly rest: AsyncGenerator<Batch<Line>>;
  #batch: Batch<Line> = [];
  #at = 0;

  constructor(rest: AsyncGenerator<Batch<Line>>) {
    this.rest = rest;
  }

  /** Its next line; undefined where that has to be read. */
  get line(): Line | undefined {
    return this.#batch[this.#at];
  }

  step(): void {
    this.#at += 1;
  }

  /** @returns false at the end. */
  async read(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.rest.next();
      if (done === true) return false;
      this.#batch = value;
      this.#at = 0;
      if (value.length > 0) return true;
    }
  }
}

type Compare<Line> = (a: Line, b: Line) => number;

/** Merges sorted streams into one; of each a batch is in memory. Streams may come to it at any time. */
export class LineMerge<Line> {
  readonly #compare: Compare<Line>;
  /** Those that have a line, the least at the end. */
  readonly #heads: Head<Line>[] = [];
  readonly #streams = new Set<AsyncGenerator<Batch<Line>>>();

  constructor(compare: Compare<Line>) {
    this.#compare = compare;
  }

  /** Streams that are not at their end. */
  get size(): number {
    return this.#heads.length;
  }

  /** The next line; undefined where there is none. */
  get least(): Line | undefined {
    return this.#heads.at(-1)?.line;
  }

  /** Reads the first batch of each, all at once. */
  async add(streams: readonly AsyncGenerator<Batch<Line>>[]): Promise<void> {
    for (const stream of streams) this.#streams.add(stream);
    await Promise.all(streams.map((stream) => this.#read(new Head(stream))));
  }

  /** Leaves the least line behind. @returns null, unless more has to be read before there is a next one. */
  step(): Promise<void> | null {
    const head = this.#heads.pop();
    if (head === undefined) return null;
    head.step();
    if (head.line === undefined) return this.#read(head);
    this.#insert(head);
    return null;
  }

  /** All that is left, in batches. */
  async *batches(): AsyncGenerator<Batch<Line>> {
    let batch: Line[] = [];
    for (let line = this.least; line !== undefined; line = this.least) {
      batch.push(line);
      const reading = this.step();
      if (reading !== null) await reading;
      if (batch.length < LINES) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.return(undefined)));
  }

  async #read(head: Head<Line>): Promise<void> {
    if (await head.read()) this.#insert(head);
    else this.#streams.delete(head.rest);
  }

  #insert(head: Head<Line>): void {
    const { line } = head;
    let [low, high] = [0, this.#heads.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#heads[middle]?.line;
      if (line !== undefined && other !== undefined && this.#compare(other, line) > 0) low = middle + 1;
      else high = middle;
    }
    this.#heads.splice(low, 0, head);
  }
}

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
  readonly #rest: AsyncGenerator<Batch<Line>>;
  #batch: Batch<Line> = [];
  #at = 0;

  constructor(rest: AsyncGenerator<Batch<Line>>) {
    this.#rest = rest;
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
      const { done, value } = await this.#rest.next();
      if (done === true) return false;
      this.#batch = value;
      this.#at = 0;
      if (value.length > 0) return true;
    }
  }
}

type Compare<Line> = (a: Line, b: Line) => number;

/** Puts a head where it belongs among `heads`, which are sorted with the least at the end. */
function insert<Line>(heads: Head<Line>[], head: Head<Line>, compare: Compare<Line>): void {
  const { line } = head;
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = heads[middle]?.line;
    if (line !== undefined && other !== undefined && compare(other, line) > 0) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, head);
}

async function* merged<Line>(streams: readonly AsyncGenerator<Batch<Line>>[], compare: Compare<Line>) {
  const heads: Head<Line>[] = [];
  for (const stream of streams) {
    const head = new Head(stream);
    if (await head.read()) insert(heads, head, compare);
  }
  let batch: Line[] = [];
  for (let least = heads.pop(); least !== undefined; least = heads.pop()) {
    if (least.line !== undefined) batch.push(least.line);
    least.step();
    if (batch.length === LINES) {
      yield batch;
      batch = [];
    }
    if (least.line !== undefined || (await least.read())) insert(heads, least, compare);
  }
  yield batch;
}

/** Merges sorted streams into one; of each a batch is in memory. */
export async function* mergeBatches<Line>(
  streams: readonly AsyncGenerator<Batch<Line>>[],
  compare: Compare<Line>,
): AsyncGenerator<Batch<Line>> {
  try {
    yield* merged(streams, compare);
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}

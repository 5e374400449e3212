/** The next entry of the run at a place. */
interface Head<T> {
  readonly value: T;
  readonly at: number;
}

/** @returns where a head belongs among `heads`, which are sorted with the least at the end. */
function placeOf<T>(heads: readonly Head<T>[], head: Head<T>, compare: (a: T, b: T) => number): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = heads[middle];
    if (other !== undefined && (compare(other.value, head.value) || other.at - head.at) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Merges sorted runs into one, one entry of each in memory. Of equal entries those of the first run come first. */
export async function* mergeSorted<T>(runs: readonly AsyncGenerator<T>[], compare: (a: T, b: T) => number): AsyncGenerator<T> {
  const heads: Head<T>[] = [];
  const pull = async (at: number): Promise<void> => {
    const next = await runs[at]?.next();
    if (next === undefined || next.done === true) return;
    const head = { value: next.value, at };
    heads.splice(placeOf(heads, head, compare), 0, head);
  };
  try {
    for (const at of runs.keys()) await pull(at);
    for (let least = heads.pop(); least !== undefined; least = heads.pop()) {
      yield least.value;
      await pull(least.at);
    }
  } finally {
    await Promise.all(runs.map((run) => run.return(undefined)));
  }
}

interface Head<T> {
  readonly value: T;
  readonly from: AsyncGenerator<T>;
}

async function headOf<T>(from: AsyncGenerator<T>): Promise<Head<T> | null> {
  const { done, value } = await from.next();
  return done === true ? null : { value, from };
}

/** @returns where a head belongs among `heads`, which are sorted with the least at the end. */
function placeOf<T>(heads: readonly Head<T>[], value: T, compare: (a: T, b: T) => number): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = heads[middle];
    if (other !== undefined && compare(other.value, value) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Merges sorted runs into one, one entry of each in memory. */
export async function* mergeSorted<T>(runs: readonly AsyncGenerator<T>[], compare: (a: T, b: T) => number): AsyncGenerator<T> {
  const heads: Head<T>[] = [];
  const insert = (head: Head<T> | null): void => {
    if (head !== null) heads.splice(placeOf(heads, head.value, compare), 0, head);
  };
  try {
    for (const run of runs) insert(await headOf(run));
    for (let least = heads.pop(); least !== undefined; least = heads.pop()) {
      yield least.value;
      insert(await headOf(least.from));
    }
  } finally {
    await Promise.all(runs.map((run) => run.return(undefined)));
  }
}

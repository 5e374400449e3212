/**
 * Makes something of each entry, `atOnce` at a time, and gives the results in the order of the entries.
 * Whatever is still under way when the reader leaves is waited for.
 */
export async function* inOrder<A, B>(
  entries: AsyncIterable<A>,
  atOnce: number,
  make: (entry: A) => Promise<B>,
): AsyncGenerator<B> {
  const underWay: Promise<B>[] = [];
  try {
    for await (const entry of entries) {
      const made = make(entry);
      made.catch(() => {});
      underWay.push(made);
      const [oldest] = underWay;
      if (underWay.length < atOnce || oldest === undefined) continue;
      void underWay.shift();
      yield await oldest;
    }
    for (let oldest = underWay.shift(); oldest !== undefined; oldest = underWay.shift()) yield await oldest;
  } finally {
    await Promise.allSettled(underWay);
  }
}

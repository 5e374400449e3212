/** @returns a list in pieces of `most`, in order; the last one may be shorter. */
export function* batches<Entry>(entries: readonly Entry[], most: number): Generator<readonly Entry[]> {
  for (let first = 0; first < entries.length; first += most) yield entries.slice(first, first + most);
}

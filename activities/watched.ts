import type { Pulse } from './pulse.ts';

/** What is told while a stream goes by. */
export interface Watch {
  readonly pulse: Pulse;
  /** Beat at every how many-th element, the first included. */
  readonly every: number;
  /** @param seen elements so far. */
  readonly details: (seen: number) => unknown;
}

/** The same elements, with a sign of life now and then. It throws the signal's reason once that is aborted. */
export async function* watched<T>(source: AsyncIterable<T>, { pulse, every, details }: Watch): AsyncGenerator<T> {
  let seen = 0;
  for await (const element of source) {
    pulse.signal.throwIfAborted();
    if (seen % every === 0) pulse.beat(details(seen));
    seen += 1;
    yield element;
  }
}

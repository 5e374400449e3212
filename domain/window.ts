import { quantile } from './latency.ts';
import { SECOND_MS } from './units.ts';

/** What a first answer takes beyond the cold start, where none has come yet. */
const UNKNOWN_RESPONSE_MS = 10 * SECOND_MS;

/** What keeps a GPU beyond the last submit. */
interface Ending {
  readonly coldStartSeconds: number;
  /** How long a container counts after its last input, ms. */
  readonly windowMs: number;
}

/**
 * When the last job may go out so that it is answered, and its container gone, before the window of a run ends: the
 * slowest of the latest jobs is taken for the next one.
 *
 * @returns wall clock ms.
 */
export function lastSubmitMs(endsMs: number, { coldStartSeconds, windowMs }: Ending, latenciesMs: readonly number[]): number {
  const responseMs = quantile(latenciesMs, 1) ?? coldStartSeconds * SECOND_MS + UNKNOWN_RESPONSE_MS;
  return endsMs - responseMs - windowMs;
}

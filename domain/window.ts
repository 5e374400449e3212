import { quantile } from './latency.ts';
import type { Service } from './service.ts';
import { SECOND_MS } from './units.ts';

/** Held a little longer than the platform says, as in the arithmetic of need and held. */
const HELD_FACTOR = 1.1;
/** What a first answer takes beyond the cold start, where none has come yet. */
const UNKNOWN_RESPONSE_MS = 10 * SECOND_MS;

type Times = Pick<Service, 'coldStartSeconds' | 'scaledownSeconds'>;

/**
 * When the last job may go out so that it is answered, and its container gone, before the window of a run ends: the
 * slowest of the latest jobs is taken for the next one.
 *
 * @returns wall clock ms.
 */
export function lastSubmitMs(
  endsMs: number,
  { coldStartSeconds, scaledownSeconds }: Times,
  latenciesMs: readonly number[],
): number {
  const responseMs = quantile(latenciesMs, 1) ?? coldStartSeconds * SECOND_MS + UNKNOWN_RESPONSE_MS;
  return endsMs - responseMs - scaledownSeconds * SECOND_MS * HELD_FACTOR;
}

/** How many of the last ended tasks a halt may go by. */
export const WINDOW_TASKS = 500;
/** Fewer say nothing. */
export const MIN_JUDGED = 100;

const BITS_A_DIGIT = 4;
const NOTHING = '0'.repeat(WINDOW_TASKS / BITS_A_DIGIT);

/** Tasks that have ended, and how many of them failed for reasons of the service, since the run began or was resumed. */
export interface Judged {
  readonly ended: number;
  readonly failed: number;
  /** The last 500 as a ring of bits in hex digits: task t is bit t % 500, 1 where it failed; empty before the first. */
  readonly latest: string;
}

export const NONE_JUDGED: Judged = { ended: 0, failed: 0, latest: '' };

/** What is above the limit. */
export interface Excess {
  readonly failed: number;
  readonly of: number;
  /** `latest`: among the last 500 only; `all`: among all since the run began or was resumed. */
  readonly window: 'all' | 'latest';
}

/** @returns what was counted, with one more task ended. */
export function withJudged(judged: Judged, failed: boolean): Judged {
  const at = judged.ended % WINDOW_TASKS;
  const digits = judged.latest === '' ? NOTHING : judged.latest;
  const place = Math.floor(at / BITS_A_DIGIT);
  const bit = 1 << (at % BITS_A_DIGIT);
  const digit = Number.parseInt(digits.charAt(place), 16);
  const changed = (failed ? digit | bit : digit & ~bit).toString(16);
  return {
    ended: judged.ended + 1,
    failed: judged.failed + (failed ? 1 : 0),
    latest: digits.slice(0, place) + changed + digits.slice(place + 1),
  };
}

function bitsOf(digit: string): number {
  const value = Number.parseInt(digit, 16);
  return (value & 1) + ((value >> 1) & 1) + ((value >> 2) & 1) + ((value >> 3) & 1);
}

/** @returns how many of the last 500 failed. */
export function latestFailed({ latest }: Judged): number {
  return Array.from(latest).reduce((sum, digit) => sum + bitsOf(digit), 0);
}

/** @returns which share of failures is above `maxPercent`, once 100 tasks have ended; null where none is. */
export function excess(judged: Judged, maxPercent: number): Excess | null {
  const { ended, failed } = judged;
  if (ended < MIN_JUDGED) return null;
  if (failed * 100 > maxPercent * ended) return { failed, of: ended, window: 'all' };
  const [recent, of] = [latestFailed(judged), Math.min(ended, WINDOW_TASKS)];
  return recent * 100 > maxPercent * of ? { failed: recent, of, window: 'latest' } : null;
}

/** Milliseconds in a second, minute, hour and day. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Bytes in a kibibyte and a mebibyte. */
export const KIB = 1_024;
export const MIB = 1_024 * KIB;

/** @returns a moment as ISO 8601 text, UTC: `2026-01-02T03:04:05.678Z`. @param ms since 1970 */
export function isoText(ms: number): string {
  return new Date(ms).toISOString();
}

/** @returns ISO 8601 text, UTC, without its fraction of a second: `2026-01-02T03:04:05Z`. */
export function wholeSeconds(iso: string): string {
  return iso.replace(/\.\d+Z$/u, 'Z');
}

/** @returns all of them together; 0 where there are none. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @returns `value` moved into `[low, high]`; `low` wins where the two cross. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

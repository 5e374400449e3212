/** @returns whether a value that came from outside is a whole number of something, as records keep them. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

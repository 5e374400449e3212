/** Chance that is the same for the same seed: every roll is made from a seed and the names of what it decides. */

/** @returns a number in [0, 1) that depends on all parts and on nothing else. */
export function rollOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(parts.join('\u0000'))) hash = Math.imul(hash ^ byte, 0x01000193);
  return scramble(hash) / 2 ** 32;
}

/** The last rounds of murmur3: FNV alone leaves neighbours of one another near one another. */
function scramble(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** How long jobs take, lognormal. Seconds. */
export interface Latency {
  readonly meanSeconds: number;
  readonly sdSeconds: number;
}

/**
 * @param first,second rolls in [0, 1)
 * @returns seconds: a lognormal variate of this mean and standard deviation; the mean itself where there is no deviation.
 */
export function latencySeconds({ meanSeconds, sdSeconds }: Latency, first: number, second: number): number {
  if (meanSeconds <= 0 || sdSeconds <= 0) return meanSeconds;
  const variance = Math.log(1 + (sdSeconds / meanSeconds) ** 2);
  const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
  return Math.exp(Math.log(meanSeconds) - variance / 2 + Math.sqrt(variance) * normal);
}

import type { Matches } from '../../support/store-hooks.ts';

/** The next calls object that is written. */
export const isCalls: Matches = ({ verb, key }) => verb === 'put' && key.includes('.calls.');

/** @returns the write of a log's object `n`. */
export function isLogObject(n: number): Matches {
  return ({ verb, key }) => verb === 'put' && key.endsWith(`/${String(n).padStart(8, '0')}.jsonl`);
}

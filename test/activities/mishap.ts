import type { MemoryStore } from '../support/memory-store.ts';
import type { Matches } from '../support/store-hooks.ts';

/** The process is gone: nothing after this runs. */
export class Killed extends Error {}

/** What becomes of a write: the process dies before it, after it, or the write is done and its reply is lost. */
export const MISHAPS = {
  'dead before': (store: MemoryStore, write: Matches) => store.hooks.failNext(write, new Killed('before a write')),
  'dead after': (store: MemoryStore, write: Matches) => store.hooks.loseReply(write, new Killed('after a write')),
  'lost reply': (store: MemoryStore, write: Matches) => store.hooks.loseReply(write),
} as const;

/** @returns a match of the n-th write from now on, counted from 0. */
export function writeNumber(n: number): Matches {
  let left = n;
  return ({ verb }) => {
    if (verb !== 'put' && verb !== 'upload') return false;
    left -= 1;
    return left === -1;
  };
}

/** @returns everything in a bucket, by key. */
export function contents(store: MemoryStore, bucket: string): Record<string, string> {
  return Object.fromEntries(store.keys(bucket).map((key) => [key, store.text(`s3://${bucket}/${key}`)]));
}

import { Failure } from '../domain/failure.ts';
import { ObjectStoreError, type ObjectStoreProblem } from '../ports/object-store.ts';
import { LineTooLong } from './lines.ts';

/** What stands under an output may be somebody else's, damaged, or half deleted: that is no trouble of this run. */

const THEIRS: readonly ObjectStoreProblem[] = ['missing', 'denied', 'refused', 'archived', 'too_large', 'changed'];

function isTheirs(error: unknown): boolean {
  if (error instanceof ObjectStoreError) return THEIRS.includes(error.problem);
  if (error instanceof Failure) return error.kind === 'Internal' || error.kind === 'InvalidSpec';
  return (
    error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError || error instanceof LineTooLong
  );
}

/** @returns what `read` gives; null where what it reads is not as tilescribe writes it, or not to be had. */
export async function ifReadable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isTheirs(error)) return null;
    throw error;
  }
}

/** The same, up to where it cannot be read. */
export async function* whileReadable<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    for await (const element of source) yield element;
  } catch (error) {
    if (!isTheirs(error)) throw error;
  }
}

import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batches } from '../../domain/batches.ts';
import { Failure } from '../../domain/failure.ts';
import { jsonLines } from '../lines.ts';
import { mergeSorted } from './merge-sorted.ts';

/** How to sort more than fits into memory. */
export interface SortPlan<T> {
  readonly compare: (a: T, b: T) => number;
  /** Entries held in memory at once; the others wait in files. */
  readonly keep: number;
  /** Where the files are made, in a folder of their own; the system's place for such without it. */
  readonly directory?: string;
}

const LINES_A_WRITE = 1_000;

function* texts(sorted: readonly unknown[]): Generator<string> {
  for (const some of batches(sorted, LINES_A_WRITE)) yield some.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

async function* written<T>(path: string): AsyncGenerator<T> {
  yield* jsonLines<T>(createReadStream(path));
}

async function* inMemory<T>(sorted: readonly T[]): AsyncGenerator<T> {
  yield* sorted;
}

async function spill(path: string, sorted: readonly unknown[]): Promise<void> {
  try {
    await writeFile(path, texts(sorted));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('Internal', `Sorting the input needs room on the worker's disk: ${why}. Free some, or set TMPDIR.`, {
      cause: error,
    });
  }
}

/** @returns sorted runs: files, and the last one from memory. */
async function sortedRuns<T>(entries: AsyncIterable<T>, plan: SortPlan<T>, folder: string): Promise<AsyncGenerator<T>[]> {
  const runs: AsyncGenerator<T>[] = [];
  let held: T[] = [];
  for await (const entry of entries) {
    held.push(entry);
    if (held.length < plan.keep) continue;
    const path = join(folder, `${runs.length}.jsonl`);
    await spill(path, held.toSorted(plan.compare));
    runs.push(written<T>(path));
    held = [];
  }
  return [...runs, inMemory(held.toSorted(plan.compare))];
}

/**
 * Sorts JSON values, however many; those that are equal stay in their order. What it wrote is removed when it ends, fails or is left.
 * @throws Failure `Internal` where the disk is full.
 */
export async function* externalSort<T>(entries: AsyncIterable<T>, plan: SortPlan<T>): AsyncGenerator<T> {
  const folder = await mkdtemp(join(plan.directory ?? tmpdir(), 'tilescribe-sort-'));
  try {
    yield* mergeSorted(await sortedRuns(entries, plan, folder), plan.compare);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

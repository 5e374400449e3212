import type { ErrorCode } from '../../domain/errors.ts';
import { Failure } from '../../domain/failure.ts';
import { nothingToRetry, retriedCount } from '../../domain/retry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { RetriedRun } from '../retried-run.ts';
import { failedRecords } from './failed-records.ts';

/** @returns the Failure that says what the earlier run has instead, and what to do. */
export async function emptyRetry(output: ObjectStore, retried: RetriedRun): Promise<Failure> {
  const { retry } = retried;
  const counts: Partial<Record<ErrorCode, number>> = {};
  for await (const { code } of failedRecords(output, retried)) counts[code] = (counts[code] ?? 0) + 1;
  const many = retriedCount(counts, retry);
  if (many > 0)
    return new Failure(
      'NotFound',
      `No tiles: input.include and input.exclude leave out all that failed in run ${retry.run} (${many} records). Correct them.`,
    );
  const todo = Object.keys(counts).length === 0 ? 'There is nothing to retry.' : 'Name one of these in retry.codes.';
  return new Failure('NotFound', `${nothingToRetry(counts, retry)}. ${todo}`);
}

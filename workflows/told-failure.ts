import { ApplicationFailure } from '@temporalio/workflow';

/** A failed activity is told in its own words, also where it was tried until its time was over. */
export function plainly(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) {
      const told = ApplicationFailure.create({ message: cause.message, type: cause.type ?? 'Internal', nonRetryable: true });
      told.stack = '';
      return told;
    }
  }
  return error;
}

import type { TaskState } from './owed.ts';
import type { OwedTotals } from './run.ts';

export const NOTHING_OWED: OwedTotals = { new: 0, changed: 0, stale: 0, failed: 0, done: 0, owed: 0 };

/** @returns the totals with one more task judged. */
export function withJudged(totals: OwedTotals, state: TaskState, owed: boolean): OwedTotals {
  return { ...totals, [state]: totals[state] + 1, owed: totals.owed + (owed ? 1 : 0) };
}

import { ERRORS, type ErrorCode } from './errors.ts';
import { isRetried } from './owed.ts';
import { grouped } from './quantity.ts';
import type { RetrySpec, RunSpec, WindowSpec } from './spec.ts';
import { sum } from './units.ts';

/** How many records of a run have each error code. */
export type CodeCounts = Readonly<Partial<Record<ErrorCode, number>>>;

/** @returns what a run was asked, to be asked once more where it failed; its own choice of tiles is over, and its night. */
export function retrySpec(spec: RunSpec, retry: RetrySpec): RunSpec {
  const { all: _all, retry: _retry, input, window, ...rest } = spec;
  const { sample: _sample, limit: _limit, ...where } = input;
  return { ...rest, ...(window && { window: hoursOf(window) }), input: where, retry };
}

function hoursOf({ endsAt: _endsAt, ...hours }: WindowSpec): WindowSpec {
  return hours;
}

function entriesOf(counts: CodeCounts): [ErrorCode, number][] {
  return Object.entries(counts) as [ErrorCode, number][];
}

/** @returns how many of these records are asked again. */
export function retriedCount(counts: CodeCounts, retry: Omit<RetrySpec, 'run'>): number {
  // A report of a newer version may know more codes.
  const known = entriesOf(counts).filter(([code]) => Object.hasOwn(ERRORS, code));
  return sum(known.map(([code, count]) => (isRetried(code, retry) ? count : 0)));
}

/** @returns that nothing of a run is to be asked again, and what there is instead. */
export function nothingToRetry(counts: CodeCounts, { run, codes = [], classes = [] }: RetrySpec): string {
  const wanted = [...codes.map((code) => `code ${code}`), ...classes.map((name) => `class ${name}`)];
  const of = wanted.length === 0 ? '' : ` of ${wanted.join(' or ')}`;
  const there = entriesOf(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([code, count]) => `${grouped(count)} ${code}`);
  const has = there.length === 0 ? '' : `; it has ${there.join(', ')}`;
  return `Run ${run} has no failed records${of}${has}`;
}

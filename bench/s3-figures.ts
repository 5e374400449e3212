import { S3_OPERATIONS, S3_PURPOSES, type S3Operation, type S3Purpose } from './s3-request.ts';

/** How often each operation was asked for; what never was is left out. */
export type S3Counts = Readonly<Partial<Record<S3Purpose, Readonly<Partial<Record<S3Operation, number>>>>>>;

/** What a run asked of S3. */
export interface S3Figures {
  /** Added to every request, ms. */
  readonly latencyMs: number;
  readonly counts: S3Counts;
}

/**
 * US dollars a request. S3 Standard in us-east-1: $0.005 per 1,000 PUT, COPY, POST and LIST, $0.0004 per 1,000 GET and
 * HEAD; DELETE is free. Source and date: docs/performance.md.
 */
export const S3_PRICES: Readonly<Record<S3Operation, number>> = {
  PUT: 0.005 / 1_000,
  POST: 0.005 / 1_000,
  LIST: 0.005 / 1_000,
  GET: 0.0004 / 1_000,
  HEAD: 0.0004 / 1_000,
  DELETE: 0,
};

const MILLION = 1_000_000;

/** One purpose, or all of them together. */
export interface S3Row {
  readonly purpose: S3Purpose | 'all';
  readonly requests: Readonly<Record<S3Operation, number>>;
  readonly aTile: number;
  /** US dollars, were a million tiles asked for at this rate. */
  readonly perMillionTiles: number;
}

function requestsOf(counts: S3Counts, purposes: readonly S3Purpose[]): Record<S3Operation, number> {
  const entries = S3_OPERATIONS.map((operation) => {
    const each = purposes.map((purpose) => counts[purpose]?.[operation] ?? 0);
    return [operation, each.reduce((sum, count) => sum + count, 0)] as const;
  });
  return Object.fromEntries(entries) as Record<S3Operation, number>;
}

/** @returns a row for every purpose there was, and one for all. */
export function s3Rows({ counts }: S3Figures, tiles: number): S3Row[] {
  const row = (purpose: S3Row['purpose'], purposes: readonly S3Purpose[]): S3Row => {
    const requests = requestsOf(counts, purposes);
    const dollars = S3_OPERATIONS.reduce((sum, operation) => sum + requests[operation] * S3_PRICES[operation], 0);
    const all = S3_OPERATIONS.reduce((sum, operation) => sum + requests[operation], 0);
    return { purpose, requests, aTile: all / tiles, perMillionTiles: (dollars * MILLION) / tiles };
  };
  const seen = S3_PURPOSES.filter((purpose) => counts[purpose] !== undefined);
  return [...seen.map((purpose) => row(purpose, [purpose])), row('all', seen)];
}

/** @returns objects that a run's strands put into their logs: takeovers, intents, calls and slices. */
export function logObjects({ counts }: S3Figures): number {
  return requestsOf(
    counts,
    S3_PURPOSES.filter((purpose) => purpose.startsWith('log: ')),
  ).PUT;
}

import { ceilingFor, leastCeiling } from '../../domain/ceiling.ts';
import type { Ceiling, Configured, LeaseReport } from '../../domain/lease.ts';
import { SERVICE_DEFAULTS } from '../../domain/service.ts';

const REQUEST_SECONDS = 10;
/** Of an orphan deadline: until the submit leaves, and for clocks and transit (domain/gpu.ts). */
const FIXED_SECONDS = 35;
/** A round of jobs before one's own, and one's own twice. */
const ROUNDS = 3;
const MINUTE_MS = 60_000;

/** What a ceiling should come to. */
export interface CeilingWish {
  readonly jobs: number;
  readonly http?: number;
  readonly orphanMs?: number;
}

/** @returns the configuration of a worker whose one GPU runs one container of so many places. */
export function configuredFor({ jobs, http = 8, orphanMs = 10 * MINUTE_MS }: CeilingWish): Configured {
  const timeoutSeconds = (orphanMs / 1_000 - FIXED_SECONDS - REQUEST_SECONDS) / ROUNDS;
  const figures = {
    ...SERVICE_DEFAULTS,
    inputsPerContainer: jobs,
    httpInputs: http,
    requestSeconds: REQUEST_SECONDS,
    coldStartSeconds: 0,
    timeoutSeconds,
  };
  return { gpus: 1, figures, guessed: false, longestScaledownSeconds: figures.scaledownSeconds };
}

/** @returns the ceiling that a budget gives a service alone with such a configuration. */
export function ceilingOf(configured: Configured): Ceiling {
  const { jobs, http } = leastCeiling(configured);
  return ceilingFor(configured.figures, { jobs, http }, 'The test says so.');
}

/** @returns the report of a holder that has nothing in flight; `more` says who it is and what is different. */
export function idleReport(more: Partial<LeaseReport> & Pick<LeaseReport, 'holder' | 'service' | 'configured'>): LeaseReport {
  return {
    run: 'night',
    priority: 'nightly',
    n: 1,
    seq: 1,
    inFlight: 0,
    httpInUse: 0,
    ambiguous: [],
    want: { jobs: 1, http: 1 },
    limit: null,
    jobMs: null,
    busyMs: 0,
    oldestMs: null,
    ttlMs: MINUTE_MS,
    release: false,
    predecessorOpen: false,
    remains: [],
    ...more,
  };
}

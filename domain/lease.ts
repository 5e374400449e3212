import type { ServiceFigures } from './service.ts';
import type { Priority } from './spec.ts';

/** Job places and HTTP places of one service. */
export interface Places {
  readonly jobs: number;
  readonly http: number;
}

/** What a worker's configuration says of a service and of the GPUs that all services share. */
export interface Configured {
  readonly gpus: number;
  readonly figures: ServiceFigures;
  /** Nobody said how many inputs a container admits: the figure is the safe guess. */
  readonly guessed: boolean;
  /** Of all services of the configuration: a budget without a history waits this long before it gives a second GPU. */
  readonly longestScaledownSeconds: number;
}

/** What a service may use at this moment, over all holders, and the deadlines that follow. */
export interface Ceiling extends Places {
  /** How long a job may still run after nobody answers for it, ms (services.md section 1). */
  readonly orphanMs: number;
  /** How long one request may still be open, ms. */
  readonly requestMs: number;
  /** How long a container counts after its last input, ms; absent in a reply of an earlier version. */
  readonly windowMs?: number;
  /** One sentence: why the ceiling is what it is. */
  readonly why: string;
}

/** Places that stay charged until a moment because nobody knows whether a submit became a job. */
export interface Charge {
  readonly places: number;
  readonly untilMs: number;
}

/**
 * What may still run of the jobs that a holder of a closed run left, as somebody knows who has read its log and asks
 * for its jobs.
 */
export interface Remains {
  readonly holder: string;
  /** When the reading of its log began, ms. */
  readonly readAtMs: number;
  readonly charges: readonly Charge[];
}

/** What a holder says of itself. Reports of one holder are ordered by (n, seq). */
export interface LeaseReport {
  readonly holder: string;
  readonly service: string;
  readonly run: string;
  readonly priority: Priority;
  /** n of the holder's takeover in its log; 0 for holders without a log. */
  readonly n: number;
  readonly seq: number;
  /** Jobs accepted and not finished, and submits under way. */
  readonly inFlight: number;
  /** How long the oldest of them has been there, ms; null where there is none. */
  readonly oldestMs: number | null;
  /** Requests that are open. */
  readonly httpInUse: number;
  readonly ambiguous: readonly Charge[];
  /** `jobs`: all that is left to ask and to collect. */
  readonly want: Places;
  /** The holder itself goes no further than this since the service asked for less; null where it did not. */
  readonly limit: number | null;
  /** Mean time of a job, ms; null while that is not known. */
  readonly jobMs: number | null;
  /** Jobs in flight, summed over the time since this holder's last report, job x ms. */
  readonly busyMs: number;
  readonly ttlMs: number;
  /** The holder goes: nothing but its ambiguous submits stays charged. */
  readonly release: boolean;
  /** The attempt before this one did not end its slice: requests of its own may still be open. */
  readonly predecessorOpen: boolean;
  readonly remains: readonly Remains[];
  readonly configured: Configured;
}

/** A lease as granted, or a refusal with the time to come back. */
export interface LeaseReply {
  readonly granted: Places;
  /** `stale`: a later attempt of this holder has reported; the reporter has lost its strand. */
  readonly refused: 'stale' | 'waiting' | null;
  /** When to come back because there may be more then; 0 where only the end of the lease matters. */
  readonly retryAfterMs: number;
  /** In force now; the orphan deadline of a job is counted with it on both sides. */
  readonly ceiling: Ceiling;
}

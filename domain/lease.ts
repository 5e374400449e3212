import type { Priority } from './spec.ts';

/** Job places and HTTP places of one service. */
export interface Places {
  readonly jobs: number;
  readonly http: number;
}

/** What a worker's configuration says of a service; the lowest ceiling among living holders is in force. */
export interface Ceiling extends Places {
  /** How long a job may still run after nobody answers for it, ms (services.md section 1). */
  readonly orphanMs: number;
  /** How long one request may still be open, ms. */
  readonly requestMs: number;
  /** One sentence: why the ceiling is what it is. */
  readonly why: string;
}

/** Places that stay charged until a moment because nobody knows whether a submit became a job. */
export interface Charge {
  readonly places: number;
  readonly untilMs: number;
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
  readonly ambiguous: readonly Charge[];
  readonly want: Places;
  readonly ttlMs: number;
  /** The holder goes: nothing but its ambiguous submits stays charged. */
  readonly release: boolean;
  readonly ceiling: Ceiling;
}

/** A lease as granted, or a refusal with the time to come back. */
export interface LeaseReply {
  readonly granted: Places;
  /** `stale`: a later attempt of this holder has reported; the reporter has lost its strand. */
  readonly refused: 'stale' | 'waiting' | null;
  readonly retryAfterMs: number;
  /** In force now; the orphan deadline of a job is counted with it on both sides. */
  readonly ceiling: Ceiling;
  /** Somebody waits for places of this service: slices should be short. */
  readonly contended: boolean;
}

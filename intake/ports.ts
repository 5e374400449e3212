import type { Failure } from '../domain/failure.ts';
import type { EventFilter, IntakeCounts } from '../domain/intake-counts.ts';
import type { RunSpec } from '../domain/spec.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventQueue } from '../ports/event-queue.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';

/** How a run is; `unknown`: nobody has started it, or it ended long ago; a failure: why its workflow ended without it. */
export type RunLook = 'open' | 'ended' | 'unknown' | Failure;

/** Runs, as an intake deals with them. Everything throws Failure. */
export interface IntakeRuns {
  /** Starts the run, or joins it where it is open. */
  start(runId: string, spec: RunSpec): Promise<void>;
  look(runId: string): Promise<RunLook>;
}

export interface IntakePorts {
  readonly queue: EventQueue;
  /** Of the output. */
  readonly store: ObjectStore;
  /** Of the output, too. */
  readonly pointers: PointerStore;
  readonly runs: IntakeRuns;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  /** Takes a line about what is going on. */
  readonly tell: (line: string) => void;
}

export interface IntakeSettings {
  readonly spec: RunSpec;
  readonly filter: EventFilter;
  /** Tiles of a run, at most. */
  readonly batch: number;
  /** How long a tile waits for others, at most. */
  readonly everyMs: number;
  /** Runs that are open at once, at most. */
  readonly runs: number;
  /** Ends once the queue is empty and all of it is in runs. */
  readonly once: boolean;
  /** Whether there is a queue for what cannot be read. */
  readonly deadLetters: boolean;
  /** Aborted when the intake is to stop. */
  readonly signal: AbortSignal;
}

/** How an intake ended, and what it did. */
export interface IntakeEnd {
  readonly counts: IntakeCounts;
  /** Of runs that it started and that are still open. */
  readonly open: readonly string[];
}

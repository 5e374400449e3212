import type { Configured } from '../../domain/lease.ts';
import type { LastSlice, Mode } from '../../domain/strand-loop.ts';
import type { Frozen, Run, RunRef } from '../../domain/run.ts';
import type { Priority } from '../../domain/spec.ts';
import type { Service } from '../../domain/service.ts';
import type { Tile } from '../../domain/tile.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import type { ModelService } from '../../ports/model-service.ts';
import type { ObjectStore, ObjectStores } from '../../ports/object-store.ts';
import type { TakingsReader } from '../takings.ts';
import type { Answers } from './answers.ts';
import type { PreparedTiles } from './prepared-tiles.ts';

/** Which slice of which strand. Small: it goes through Temporal. */
export interface AdvanceArgs {
  readonly run: RunRef;
  readonly lane: string;
  readonly strand: number;
  /** n of the last slice that the workflow heard of; 0 at first. A hint. */
  readonly slice: number;
  /** Start of the workflow execution, ms, and the turn of this loop in it. */
  readonly execution: number;
  readonly turn: number;
  readonly mode: Mode;
  /** A common end of all loops, wall clock ms. */
  readonly untilMs: number | null;
  /** When the GPUs are to be free again, wall clock ms; absent where nobody minds. */
  readonly windowEndsMs?: number;
  /** Of this execution, which may be another than that with which the run was opened; that one where it is absent. */
  readonly priority?: Priority;
  /** The failure count and the time of trouble start again. */
  readonly resumed: boolean;
}

/** What a slice left. Small: it goes through Temporal. */
export interface AdvanceResult extends LastSlice {
  /** Submits of which nobody knows whether they became jobs. */
  readonly doubtful: number;
}

/** What `advance` works with. */
export interface AdvanceDeps {
  readonly stores: ObjectStores;
  readonly desk: LeaseDesk;
  readonly clock: Clock;
  readonly tiles: PreparedTiles;
  readonly answers: Answers;
  readonly sliceSeconds: number | null;
  readonly unreachableMs: number;
  readonly reached: (point: string) => void;
  readonly nonce: () => string;
  readonly readRun: (ref: RunRef) => Promise<Run>;
  readonly readFrozen: (ref: RunRef) => Promise<Frozen>;
  tilesOf(ref: RunRef, range: number): Promise<readonly Tile[]>;
  /** What a strand takes over of closed runs. */
  readonly takings: TakingsReader;
  /** The service as this worker is configured; the model of the records is the run's. */
  service(name: string): { service: Service; client: ModelService; configured: Configured };
  /** Where the log is kept; a fake in tests. */
  outputStore(ref: RunRef): ObjectStore;
}

/** How a slice is told to stop, and shows that it lives. */
export interface AdvanceContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly beat: (details: unknown) => void;
  /** Temporal counts on this attempt no more: its run was terminated, or it was given up for dead. */
  readonly forsaken: () => boolean;
}

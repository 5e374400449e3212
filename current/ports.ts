import type { TileBounds } from '../domain/index-line.ts';
import type { RunPlace } from '../domain/layout.ts';
import type { Part } from '../domain/run.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';

/** What the current view is made with. */
export interface CurrentPorts {
  readonly store: ObjectStore;
  readonly pointers: PointerStore;
  readonly clock: Pick<Clock, 'now' | 'sleep' | 'roll'>;
  /** Never the same twice. */
  readonly nonce: () => string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told now and then how far it is. */
  readonly beat: (progress: CurrentProgress) => void;
  /** About how much a part holds; 16 MiB unless told. */
  readonly cutBytes?: number;
}

/** How far a view is. */
export interface CurrentProgress {
  readonly folder: string;
  /** Records of runs that were looked at. */
  readonly records: number;
}

/** A part of a run as manifest.json lists it. */
export interface EndedPart extends Part {
  /** Where the tiles of its lines lie; null where that is not known. */
  readonly bounds: TileBounds | null;
}

/** A run that has ended, with what its manifest.json lists. */
export interface EndedRun {
  readonly place: RunPlace;
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly parts: readonly EndedPart[];
}

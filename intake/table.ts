import { NOTHING_TAKEN, withDropped, type IntakeCounts } from '../domain/intake-counts.ts';
import { Deliveries } from './deliveries.ts';
import { Pending, type Entry } from './pending.ts';
import type { IntakePorts, IntakeSettings } from './ports.ts';
import type { TrackedRun } from './tracked-run.ts';

/** Everything that an intake knows while it works; what is lost with it is on the queue, in S3 and in Temporal. */
export interface Table {
  readonly ports: IntakePorts;
  readonly settings: IntakeSettings;
  readonly deliveries: Deliveries;
  readonly pending: Pending;
  runs: readonly TrackedRun[];
  /** Claims of the register whose runs have ended: they are left out when it is written next. */
  ended: Set<string>;
  counts: IntakeCounts;
  /** Why nothing is received, as it was told: too much is held, or the queue is full. */
  stalled: 'held' | 'full' | null;
  /** Why held messages cannot be kept from others; null where they can. */
  refused: unknown;
}

/** How often a run is looked at whose input is not frozen. */
export const UNFROZEN_EVERY_MS = 1_000;

/** How long a message is nobody else's; it is extended half-way. */
export const VISIBILITY_MS = 120_000;

export function newTable(ports: IntakePorts, settings: IntakeSettings): Table {
  const deliveries = new Deliveries(ports.queue, VISIBILITY_MS);
  return {
    ports,
    settings,
    deliveries,
    pending: new Pending(),
    runs: [],
    ended: new Set(),
    counts: NOTHING_TAKEN,
    stalled: null,
    refused: null,
  };
}

/** @returns the runs of this intake that are open. */
export function ownRuns({ runs }: Table): readonly TrackedRun[] {
  return runs.filter(({ own }) => own);
}

/** What cannot have a run yet waits with the others again. */
export function waitAgain(table: Table, entries: readonly Entry[]): void {
  const again = entries.filter((entry) => table.pending.add(entry));
  if (again.length > 0) table.counts = withDropped(table.counts, 'merged', again.length);
}

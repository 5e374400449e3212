import { ownership, type BatchTile } from '../domain/intake-batch.ts';
import { claimName, type Claim } from '../domain/intake-register.ts';
import { objectName, type ObjectEvent } from '../domain/object-event.ts';
import type { Entry } from './pending.ts';

/** What a run takes to freeze its input where workers are there: seconds. */
export const LONG_UNFROZEN_MS = 60_000;

/** A run of events that is, or is about to be, open. */
export interface TrackedRun {
  readonly runId: string;
  /** The name of its claim in the register. */
  readonly claim: string;
  /** Whether this intake starts it; others are looked at, so that nothing is asked twice at once. */
  own: boolean;
  /** By {@link objectName}. */
  readonly tiles: ReadonlyMap<string, BatchTile>;
  started: boolean;
  /** The etags that the run asks about; null while its input is not frozen. */
  frozen: ReadonlyMap<string, string | null> | null;
  /** What is in it, whose messages are still on the queue. */
  entries: readonly Entry[];
  /** Later events of its objects: once its input is frozen it shows whether they are in it, those that are not wait for its end. */
  waiting: Entry[];
  /** When it is told that its input is still not frozen; null once it was. */
  tellAtMs: number | null;
  /** When it is looked at next. */
  lookAtMs: number;
}

export function trackedRun(
  claim: Claim,
  tiles: readonly BatchTile[],
  more: Pick<TrackedRun, 'own' | 'entries' | 'lookAtMs'>,
): TrackedRun {
  const byName = new Map(tiles.map((tile) => [objectName(tile), tile]));
  const { runId } = claim;
  const tellAtMs = more.lookAtMs + LONG_UNFROZEN_MS;
  return { runId, claim: claimName(claim), tiles: byName, started: !more.own, frozen: null, waiting: [], tellAtMs, ...more };
}

type Judged = 'owned' | 'new' | TrackedRun;

/** @returns what becomes of an event, given all open runs; the run it has to wait for where that is one. */
export function judged(event: ObjectEvent, runs: readonly TrackedRun[]): Judged {
  const name = objectName(event);
  let waitsFor: TrackedRun | null = null;
  for (const run of runs) {
    const listed = run.tiles.get(name);
    if (listed === undefined) continue;
    // A run whose object the manifest does not name asks nothing about it.
    const frozenEtag = run.frozen === null ? undefined : (run.frozen.get(name) ?? null);
    if (ownership(event, { listed, frozenEtag }) === 'owned') return 'owned';
    waitsFor = run;
  }
  return waitsFor ?? 'new';
}

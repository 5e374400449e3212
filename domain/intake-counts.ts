import { ignoredByName } from './tile.ts';
import type { ObjectEvent } from './object-event.ts';

/** Why an event starts nothing. */
export const EVENT_DROPS = [
  'deleted',
  'outside',
  'excluded',
  'sidecar',
  'folder',
  'zero_bytes',
  'merged',
  'owned',
  'other',
  'test',
] as const;
export type EventDrop = (typeof EVENT_DROPS)[number];

/** What an intake has done so far: `intake --json`. */
export interface IntakeCounts {
  readonly messages: number;
  readonly events: number;
  /** Tiles in runs that this intake started or joined. */
  readonly tiles: number;
  readonly runs: number;
  /** Messages that are off the queue for good, those set aside included. */
  readonly removed: number;
  readonly dropped: Readonly<Record<EventDrop, number>>;
  /** Messages that cannot be read: those sent to the dead-letter queue, and those left to the queue's own redrive. */
  readonly unreadable: { readonly set_aside: number; readonly left: number };
}

const NONE_DROPPED = Object.fromEntries(EVENT_DROPS.map((drop) => [drop, 0])) as Record<EventDrop, number>;

export const NOTHING_TAKEN: IntakeCounts = {
  messages: 0,
  events: 0,
  tiles: 0,
  runs: 0,
  removed: 0,
  dropped: NONE_DROPPED,
  unreadable: { set_aside: 0, left: 0 },
};

/** @returns the counts with so many more events of a kind dropped. */
export function withDropped(counts: IntakeCounts, drop: EventDrop, more = 1): IntakeCounts {
  return { ...counts, dropped: { ...counts.dropped, [drop]: counts.dropped[drop] + more } };
}

/** What of a bucket is wanted. */
export interface EventFilter {
  readonly bucket: string;
  readonly prefix: string;
  /** Whether a key after the prefix is wanted by include and exclude. */
  readonly wanted: (key: string) => boolean;
}

/**
 * Of the reasons the first holds, in the order of a listing: place, name, size, globs. The deletion of an object within
 * the filters is none: it says that what was created before is no more. That of one version says nothing of the others.
 *
 * @returns why an event is not of a tile, or null where it is.
 */
export function droppedByFilter(
  { bucket, key, sizeBytes, change, versionId }: ObjectEvent,
  filter: EventFilter,
): EventDrop | null {
  if (bucket !== filter.bucket || !key.startsWith(filter.prefix)) return 'outside';
  const byName = ignoredByName(key, change === 'deleted' ? 1 : (sizeBytes ?? 1));
  if (byName !== null && byName !== 'duplicate') return byName;
  if (!filter.wanted(key.slice(filter.prefix.length))) return 'excluded';
  return change === 'deleted' && versionId !== null ? 'deleted' : null;
}

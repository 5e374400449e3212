import { laterEvent, objectName, type ObjectEvent } from '../domain/object-event.ts';
import type { Delivery } from './deliveries.ts';

/** What is known last of one object, and every message that told of it. */
export interface Entry {
  readonly event: ObjectEvent;
  /** One for every event; a message that tells of an object twice stands twice. */
  readonly deliveries: readonly Delivery[];
  /** When the first of them came. */
  readonly sinceMs: number;
}

function merged(before: Entry, came: Entry): Entry {
  return {
    event: laterEvent(before.event, came.event),
    deliveries: [...before.deliveries, ...came.deliveries],
    sinceMs: Math.min(before.sinceMs, came.sinceMs),
  };
}

/** Objects that wait for a run, each once, in the order in which they came. */
export class Pending {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** @returns whether it tells of an object that was waiting already. */
  add(entry: Entry): boolean {
    const name = objectName(entry.event);
    const before = this.#entries.get(name);
    this.#entries.set(name, before === undefined ? entry : merged(before, entry));
    return before !== undefined;
  }

  /** @returns when the first of them came; null where none waits. */
  oldestMs(): number | null {
    let oldest: number | null = null;
    for (const { sinceMs } of this.#entries.values()) oldest = oldest === null ? sinceMs : Math.min(oldest, sinceMs);
    return oldest;
  }

  /** @returns the first so many, which wait no longer. */
  take(most: number): Entry[] {
    const taken: Entry[] = [];
    for (const [name, entry] of this.#entries) {
      if (taken.length === most) break;
      taken.push(entry);
      this.#entries.delete(name);
    }
    return taken;
  }
}

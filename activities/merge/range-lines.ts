import { countedAs, type Counted, NOTHING_COUNTED } from '../../domain/balance.ts';
import { inRun, PATHS } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Part, RunRef } from '../../domain/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Pulse } from '../pulse.ts';
import { watched } from '../watched.ts';
import { LineSort, type Scratch } from './line-sort.ts';
import { writePart } from './write-part.ts';

/** @returns the part that a record belongs to: its kind's where it is ok, else that of the errors. */
function pathOf(record: TileRecord, range: number): string {
  return record.status === 'ok' ? PATHS.recordPart(record.kind, range) : PATHS.errorPart(range);
}

interface Destination {
  readonly store: ObjectStore;
  readonly ref: RunRef;
  readonly pulse: Pulse;
}

/** The records of a range on their way into its parts. */
export class RangeLines {
  readonly #range: number;
  readonly #scratch: Scratch;
  readonly #sorts = new Map<string, LineSort>();
  counted: Counted = NOTHING_COUNTED;

  constructor(range: number, scratch: Scratch) {
    this.#range = range;
    this.#scratch = scratch;
  }

  async add(record: TileRecord): Promise<void> {
    const heading = countedAs(record);
    this.counted = { ...this.counted, [heading]: this.counted[heading] + 1 };
    const path = pathOf(record, this.#range);
    const sort = this.#sorts.get(path) ?? new LineSort(this.#scratch);
    this.#sorts.set(path, sort);
    const { bucket, key, task_id } = record;
    await sort.add({ at: { bucket, key, task_id }, text: JSON.stringify(record) });
  }

  /** Writes every part that has a line, one after the other. */
  async write({ store, ref, pulse }: Destination): Promise<Part[]> {
    const parts: Part[] = [];
    for (const [path, sort] of [...this.#sorts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const watch = { pulse, every: 1, details: () => ({ range: this.#range, writing: path }) };
      parts.push(await writePart(store, inRun(ref, path), { path, batches: () => watched(sort.sorted(), watch) }));
    }
    return parts;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sorts.values()].map((sort) => sort.close()));
  }
}

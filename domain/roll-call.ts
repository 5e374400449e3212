import { compareRecords, missingName, type RecordPlace } from './merge-order.ts';

/** What a range's roll call found. */
export interface Absence {
  /** In the order of the parts, at most as many as were asked for. */
  readonly missing: readonly string[];
  readonly missingCount: number;
}

function nameOf(at: Pick<RecordPlace, 'bucket' | 'key'>): string {
  return JSON.stringify([at.key, at.bucket]);
}

/** Checks off the tasks of a range's tiles as their records come, in any order. */
export class RollCall {
  readonly #tasks: readonly string[];
  readonly #tiles = new Map<string, { bucket: string; key: string; seen: Uint8Array }>();
  #owed = 0;
  #present = 0;

  constructor(tasks: readonly string[]) {
    this.#tasks = tasks;
  }

  /** Every tile of the range, once, before the first record. */
  expect({ bucket, key }: Pick<RecordPlace, 'bucket' | 'key'>): void {
    this.#tiles.set(nameOf({ bucket, key }), { bucket, key, seen: new Uint8Array(this.#tasks.length) });
    this.#owed += this.#tasks.length;
  }

  /** @returns whether this is the one record of a task of the range: not if it was there before or nobody asked for it. */
  admit(at: RecordPlace): boolean {
    const tile = this.#tiles.get(nameOf(at));
    const task = this.#tasks.indexOf(at.task_id);
    if (tile === undefined || task === -1 || tile.seen[task] === 1) return false;
    tile.seen[task] = 1;
    this.#present += 1;
    return true;
  }

  /** @returns whose record did not come. A tile that the range names twice is owed twice, so its second is missing. */
  absent(most: number): Absence {
    const missingCount = this.#owed - this.#present;
    if (missingCount === 0) return { missing: [], missingCount };
    const places = [...this.#tiles.values()].flatMap(({ bucket, key, seen }) =>
      this.#tasks.filter((_task, at) => seen[at] !== 1).map((task_id) => ({ bucket, key, task_id })),
    );
    return { missing: places.toSorted(compareRecords).slice(0, most).map(missingName), missingCount };
  }
}

import { indexLineOf, type IndexPart, type TileBound } from '../../domain/index-line.ts';
import { inOutput, OUTPUT_PATHS } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import { compareRecords } from '../../domain/merge-order.ts';
import type { RunRef } from '../../domain/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { LineSort, type Scratch } from './line-sort.ts';
import { writePart } from './write-part.ts';

interface Bounds {
  readonly first: TileBound & { readonly task_id: string };
  readonly last: TileBound & { readonly task_id: string };
}

function boundOf({ key, bucket }: TileBound): TileBound {
  return { key, bucket };
}

/** The index of a range on its way into its part. */
export class IndexLines {
  readonly #range: number;
  readonly #sort: LineSort;
  #bounds: Bounds | null = null;

  constructor(range: number, scratch: Scratch) {
    this.#range = range;
    this.#sort = new LineSort(scratch);
  }

  async add(record: TileRecord): Promise<void> {
    const line = indexLineOf(record);
    const { first, last } = this.#bounds ?? { first: line, last: line };
    this.#bounds = {
      first: compareRecords(line, first) < 0 ? line : first,
      last: compareRecords(line, last) > 0 ? line : last,
    };
    await this.#sort.add({ at: line, text: JSON.stringify(line) });
  }

  /** @returns null where there is no record. */
  async write(store: ObjectStore, ref: RunRef): Promise<IndexPart | null> {
    if (this.#bounds === null) return null;
    const path = OUTPUT_PATHS.indexPart(ref.runId, this.#range);
    const { first, last } = this.#bounds;
    const part = await writePart(store, inOutput(ref, path), { path, batches: () => this.#sort.sorted() });
    return { ...part, range: this.#range, first: boundOf(first), last: boundOf(last) };
  }

  async close(): Promise<void> {
    await this.#sort.close();
  }
}

import { externalSort } from '../activities/enumerate/external-sort.ts';
import { Spill } from '../activities/earlier/spill.ts';
import type { Tile } from '../domain/tile.ts';

/** An object, and which questions about it are owed: bit q for question q. */
type OwedObject = readonly [etag: string, size: number, mask: number];

const KEEP = 200_000;

function compare(a: OwedObject, b: OwedObject): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] - b[1];
}

/**
 * Finds tasks that ask the same of the same bytes under another key, as far as a listing can tell: objects of the same
 * size and etag. What it has to remember waits on the disk.
 */
export class Identical {
  readonly #spill: Spill;
  #held: OwedObject[] = [];

  private constructor(spill: Spill) {
    this.#spill = spill;
  }

  static async open(): Promise<Identical> {
    return new Identical(await Spill.open());
  }

  async add({ etag, size }: Tile, mask: number): Promise<void> {
    if (etag === null || size === null || mask === 0) return;
    this.#held.push([etag, size, mask]);
    if (this.#held.length >= KEEP) await this.#flush();
  }

  /** @returns by question, how many owed tasks another one answers as well. */
  async count(questions: number): Promise<number[]> {
    await this.#flush();
    const repeated = Array.from({ length: questions }, () => 0);
    let last: OwedObject | null = null;
    let seen = 0;
    for await (const object of externalSort(this.#spill.read<OwedObject>(), { compare, keep: KEEP })) {
      if (last === null || compare(last, object) !== 0) seen = 0;
      for (const at of repeated.keys()) if ((seen & object[2] & (1 << at)) !== 0) repeated[at] = (repeated[at] ?? 0) + 1;
      seen |= object[2];
      last = object;
    }
    return repeated;
  }

  async close(): Promise<void> {
    await this.#spill.close();
  }

  async #flush(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await this.#spill.write(values(held));
  }
}

async function* values(held: readonly OwedObject[]): AsyncGenerator<OwedObject> {
  yield* held;
}

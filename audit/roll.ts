import { compareUtf8, missingName } from '../domain/merge-order.ts';
import type { Tile } from '../domain/tile.ts';
import type { Differences } from './differences.ts';
import type { Placed } from './merged-records.ts';

/** A tile with what its line is. */
export interface PlacedTile {
  readonly tile: Tile;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** How the records of a range are called up. */
export interface RollTerms {
  readonly tasks: readonly string[];
  /** The run was cancelled: a task may have no record. */
  readonly partial: boolean;
  /** The part of the frozen input. */
  readonly inputPath: string;
}

/** @returns below 0 where a record comes before a tile, 0 where it is of it. */
function order({ record }: Placed, { tile }: PlacedTile): number {
  return compareUtf8(record.key, tile.key) || compareUtf8(record.bucket, tile.bucket);
}

/**
 * Goes through the tiles of a range and its records side by side, both sorted: every task of every tile is there once.
 * A record behind its place is matched with the task that was missing by then.
 */
export class Roll {
  readonly #terms: RollTerms;
  readonly #differences: Differences;
  readonly #records: AsyncGenerator<Placed>;
  #head: Placed | null = null;
  /** Tasks that had no record when their tile was reached. */
  readonly #absent = new Map<string, PlacedTile>();

  constructor(records: AsyncGenerator<Placed>, terms: RollTerms, differences: Differences) {
    this.#records = records;
    this.#terms = terms;
    this.#differences = differences;
  }

  /** Calls up a tile. @returns its records, one of each task. */
  async call(placed: PlacedTile): Promise<Placed[]> {
    const found = new Map<string, Placed>();
    for (let next = await this.#next(); next !== null; next = await this.#next()) {
      const place = order(next, placed);
      if (place > 0) break;
      this.#head = null;
      if (place < 0) this.#stray(next);
      else this.#claim(next, found);
    }
    for (const task of this.#terms.tasks)
      if (!found.has(task)) this.#absent.set(missingName({ ...placed.tile, task_id: task }), placed);
    return [...found.values()];
  }

  /** No tile is left: what comes now was not asked, and what is absent now is missing. */
  async end(): Promise<void> {
    for (let next = await this.#next(); next !== null; next = await this.#next()) {
      this.#head = null;
      this.#stray(next);
    }
    if (this.#terms.partial) return;
    for (const [name, { path, line }] of this.#absent)
      this.#differences.add({ kind: 'missing_record', path, line, message: `${name} has no record.` });
  }

  async #next(): Promise<Placed | null> {
    if (this.#head !== null) return this.#head;
    const next = await this.#records.next();
    this.#head = next.done === true ? null : next.value;
    return this.#head;
  }

  #claim(placed: Placed, found: Map<string, Placed>): void {
    const { record, path, line } = placed;
    const first = found.get(record.task_id);
    if (!this.#terms.tasks.includes(record.task_id)) {
      this.#differences.add({
        kind: 'not_asked',
        path,
        line,
        message: `${missingName(record)} is a task that run.json does not ask.`,
      });
    } else if (first === undefined) {
      found.set(record.task_id, placed);
    } else {
      const message = `${missingName(record)} has a record already, at ${first.path} line ${first.line}.`;
      this.#differences.add({ kind: 'duplicate', path, line, message });
    }
  }

  #stray({ record, path, line, late }: Placed): void {
    const name = missingName(record);
    if (late && this.#absent.delete(name)) return;
    this.#differences.add(
      late
        ? { kind: 'duplicate', path, line, message: `${name} has a record already, or is not in ${this.#terms.inputPath}.` }
        : { kind: 'not_asked', path, line, message: `${name} is not in ${this.#terms.inputPath}.` },
    );
  }
}

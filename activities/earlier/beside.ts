import { batches } from '../../domain/batches.ts';
import { compareUtf8 } from '../../domain/merge-order.ts';
import type { Earlier } from '../../domain/owed.ts';
import type { IndexLine, TileBound } from '../../domain/index-line.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { EarlierRun } from './earlier-run.ts';
import { indexLinesOf, type Horizon } from './index-lines.ts';
import { batchesFrom, mergeBatches, type Batch } from './line-batches.ts';
import { Spill } from './spill.ts';

/** A line with its range, and the place of its run among all. */
interface RunLine extends IndexLine {
  readonly range: number;
  readonly run: number;
}

/** Runs that are read side by side: of each a part of its index is held. */
const AT_ONCE = 16;

export interface EarlierRuns {
  readonly store: ObjectStore;
  readonly runs: readonly EarlierRun[];
}

function compareTiles(a: TileBound, b: TileBound): number {
  // Most are equal, which is told faster than by going through their characters.
  if (a.key !== b.key) return compareUtf8(a.key, b.key);
  return a.bucket === b.bucket ? 0 : compareUtf8(a.bucket, b.bucket);
}

function byTile(a: RunLine, b: RunLine): number {
  return compareTiles(a, b) || a.run - b.run;
}

/** Goes through what closed runs recorded, tile by tile in the order of a manifest, beside the tiles of a new one. */
export class Beside {
  readonly #of: EarlierRuns;
  readonly #horizon: Horizon = { at: null };
  readonly #spills: Spill[] = [];
  #lines: AsyncGenerator<Batch<RunLine>> | null = null;
  #batch: Batch<RunLine> = [];
  /** How much of the batch is left behind. */
  #at = 0;

  constructor(of: EarlierRuns) {
    this.#of = of;
  }

  /** @returns what was recorded of a tile; tiles before it are left behind. */
  async of(tile: TileBound): Promise<Earlier<EarlierRun>[]> {
    this.#horizon.at = tile;
    const found: RunLine[] = [];
    for (;;) {
      const next = this.#batch[this.#at] ?? (await this.#read());
      const order = next === null ? 1 : compareTiles(next, tile);
      if (next === null || order > 0) return this.#decisive(found).flatMap((line) => this.#earlier(line) ?? []);
      if (order === 0) found.push(next);
      this.#at += 1;
    }
  }

  async close(): Promise<void> {
    await this.#lines?.return(undefined);
    await Promise.all(this.#spills.map((spill) => spill.close()));
  }

  /** @returns the first line of the next batch. */
  async #read(): Promise<RunLine | null> {
    this.#lines ??= await this.#merged(this.#of.runs.map((_run, at) => this.#linesOf(at)));
    for (;;) {
      const { done, value } = await this.#lines.next();
      this.#batch = done === true ? [] : value;
      this.#at = 0;
      const [first] = this.#batch;
      if (done === true || first !== undefined) return first ?? null;
    }
  }

  /** Side by side where they are few; else in groups, each of which waits on the disk, with what later runs repeat left out. */
  async #merged(streams: readonly AsyncGenerator<Batch<RunLine>>[]): Promise<AsyncGenerator<Batch<RunLine>>> {
    if (streams.length <= AT_ONCE) return mergeBatches(streams, byTile);
    const spilled: AsyncGenerator<Batch<RunLine>>[] = [];
    for (const group of batches(streams, AT_ONCE)) {
      const spill = await Spill.open();
      this.#spills.push(spill);
      await spill.write(this.#thinned(mergeBatches(group, byTile)));
      spilled.push(batchesFrom(spill.read<RunLine>()));
    }
    return this.#merged(spilled);
  }

  async *#thinned(stream: AsyncGenerator<Batch<RunLine>>): AsyncGenerator<RunLine> {
    let held: RunLine[] = [];
    for await (const batch of stream) {
      for (const line of batch) {
        const [first] = held;
        if (first !== undefined && compareTiles(first, line) !== 0) {
          yield* this.#decisive(held);
          held = [];
        }
        held.push(line);
      }
    }
    yield* this.#decisive(held);
  }

  /** Of the same question about the same object the newest answer alone counts; where there is none, the newest failure. */
  #decisive(lines: readonly RunLine[]): readonly RunLine[] {
    if (lines.length < 2) return lines;
    const best: RunLine[] = [];
    for (const line of lines) {
      const at = best.findIndex((other) => this.#isAlike(line, other));
      const known = best[at];
      if (known === undefined) best.push(line);
      else if (isBetter(line, known)) best[at] = line;
    }
    return best;
  }

  #isAlike(line: RunLine, other: RunLine): boolean {
    const same = line.etag === other.etag && line.task_id === other.task_id;
    return same && this.#questionOf(line)?.id === this.#questionOf(other)?.id;
  }

  #questionOf({ run, task_id }: RunLine): Earlier<EarlierRun>['question'] | undefined {
    return this.#of.runs[run]?.questions.get(task_id);
  }

  #earlier(line: RunLine): Earlier<EarlierRun> | null {
    const [run, question] = [this.#of.runs[line.run], this.#questionOf(line)];
    if (run === undefined || question === undefined) return null;
    const { range, task_id: taskId, etag, code, at: atMs } = line;
    return { run, range, taskId, question, etag, code, atMs };
  }

  async *#linesOf(at: number): AsyncGenerator<Batch<RunLine>> {
    const run = this.#of.runs[at];
    if (run === undefined) return;
    for await (const { range, lines } of indexLinesOf({ store: this.#of.store, horizon: this.#horizon }, run))
      yield lines.map((line) => runLine(line, range, at));
  }
}

/** Field by field: to spread a million lines takes ten times as long. */
function runLine({ bucket, key, task_id, etag, code, at }: IndexLine, range: number, run: number): RunLine {
  return { bucket, key, task_id, etag, code, at, range, run };
}

function isBetter(line: RunLine, than: RunLine): boolean {
  if ((line.code === null) !== (than.code === null)) return line.code === null;
  return line.at > than.at;
}

import type { IndexLine, TileBound } from '../../domain/index-line.ts';
import type { Earlier } from '../../domain/owed.ts';
import { compareLocations } from '../../domain/merge-order.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { EarlierRun } from './earlier-run.ts';
import { batchesFrom, LineMerge, type Batch } from './line-batches.ts';
import { sectionsOf, type Section } from './sections.ts';
import { Spill } from './spill.ts';

/** A line with its range, and the place of its run among all. */
interface RunLine extends IndexLine {
  readonly range: number;
  readonly run: number;
}

/** A section that no tile has come to yet. */
interface Waiting {
  readonly section: Section;
  readonly run: number;
}

type RunLines = AsyncGenerator<Batch<RunLine>>;

/** Sections that are read side by side: of each a part of an index is held. */
const AT_ONCE = 16;

export interface EarlierRuns {
  readonly store: ObjectStore;
  readonly runs: readonly EarlierRun[];
}

function byTile(a: RunLine, b: RunLine): number {
  return compareLocations(a, b) || a.run - b.run;
}

/**
 * Goes through what closed runs recorded, tile by tile in the order of a manifest, beside the tiles of a new one. What
 * cannot be about any of these tiles is not read.
 */
export class Beside {
  readonly #of: EarlierRuns;
  /** The one that begins first at the end. */
  readonly #waiting: Waiting[];
  /** Sections that are being read; behind them what waits on the disk, of many of these. */
  readonly #levels: LineMerge<RunLine>[] = [];
  readonly #spills = new Set<Spill>();

  constructor(of: EarlierRuns) {
    this.#of = of;
    const all = of.runs.flatMap((one, run) => sectionsOf(of.store, one).map((section) => ({ section, run })));
    this.#waiting = all.toSorted((a, b) => compareLocations(b.section.first, a.section.first));
  }

  /** @returns what was recorded of a tile; tiles before it are left behind. */
  async of(tile: TileBound): Promise<Earlier<EarlierRun>[]> {
    const found = await this.#upTo(tile);
    const due = this.#due(tile);
    if (due.length > 0) {
      await this.#add(0, due);
      found.push(...(await this.#upTo(tile)));
    }
    // Of copies of one record that of the first run counts, wherever they were found.
    const inOrder = found.length < 2 ? found : found.toSorted((a, b) => a.run - b.run);
    return this.#decisive(inOrder).flatMap((line) => this.#earlier(line) ?? []);
  }

  async close(): Promise<void> {
    await Promise.all(this.#levels.map((level) => level.close()));
    await Promise.all([...this.#spills].map((spill) => spill.close()));
  }

  /** @returns what is being read of a tile; it and all before it are left behind. */
  async #upTo(tile: TileBound): Promise<RunLine[]> {
    const found: RunLine[] = [];
    for (const level of this.#levels) {
      for (let line = level.least; line !== undefined; line = level.least) {
        const order = compareLocations(line, tile);
        if (order > 0) break;
        if (order === 0) found.push(line);
        const reading = level.step();
        if (reading !== null) await reading;
      }
    }
    return found;
  }

  /** @returns the sections that a tile has come to; those that it has leapt over are left out for good. */
  #due(tile: TileBound): RunLines[] {
    const due: RunLines[] = [];
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      if (compareLocations(next.section.first, tile) > 0) break;
      this.#waiting.pop();
      if (!next.section.endsBefore(tile)) due.push(linesOf(next));
    }
    return due;
  }

  /** Side by side where they are few; else what is there first goes to the disk together, and is one on the next level. */
  async #add(at: number, streams: readonly RunLines[]): Promise<void> {
    const level = (this.#levels[at] ??= new LineMerge(byTile));
    const room = AT_ONCE - level.size;
    await level.add(streams.slice(0, room));
    const others = streams.slice(room);
    if (others.length === 0) return;
    await this.#add(at + 1, [this.#spilled(await this.#spill(level))]);
    await this.#add(at, others);
  }

  /** @returns what is left of a level, without what later runs repeat. */
  async #spill(level: LineMerge<RunLine>): Promise<Spill> {
    const spill = await Spill.open();
    this.#spills.add(spill);
    await spill.write(this.#thinned(level.batches()));
    return spill;
  }

  async *#spilled(spill: Spill): RunLines {
    yield* batchesFrom(spill.read<RunLine>());
    this.#spills.delete(spill);
    await spill.close();
  }

  async *#thinned(stream: RunLines): AsyncGenerator<RunLine> {
    let held: RunLine[] = [];
    for await (const batch of stream) {
      for (const line of batch) {
        const [first] = held;
        if (first !== undefined && compareLocations(first, line) !== 0) {
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
}

async function* linesOf({ section, run }: Waiting): RunLines {
  for await (const { range, lines } of section.lines()) yield lines.map((line) => runLine(line, range, run));
}

/** Field by field: to spread a million lines takes ten times as long. */
function runLine({ bucket, key, task_id, etag, code, at }: IndexLine, range: number, run: number): RunLine {
  return { bucket, key, task_id, etag, code, at, range, run };
}

function isBetter(line: RunLine, than: RunLine): boolean {
  if ((line.code === null) !== (than.code === null)) return line.code === null;
  return line.at > than.at;
}

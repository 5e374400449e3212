import type { IndexLine, TileBound } from '../../domain/index-line.ts';
import type { Earlier } from '../../domain/owed.ts';
import { compareLocations } from '../../domain/merge-order.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { EarlierRun } from './earlier-run.ts';
import { sectionsOf, type Section } from './sections.ts';
import { SideBySide, type LineStream } from './side-by-side.ts';

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

export interface EarlierRuns {
  readonly store: ObjectStore;
  readonly runs: readonly EarlierRun[];
}

/**
 * Goes through what closed runs recorded, tile by tile in the order of a manifest, beside the tiles of a new one. What
 * cannot be about any of these tiles is not read.
 */
export class Beside {
  readonly #of: EarlierRuns;
  /** The one that begins first at the end. */
  readonly #waiting: Waiting[];
  readonly #reading: SideBySide<TileBound, RunLine>;

  constructor(of: EarlierRuns) {
    this.#of = of;
    this.#reading = new SideBySide({ order: compareLocations, decisive: (lines) => this.#decisive(lines) });
    const all = of.runs.flatMap((one, run) => sectionsOf(of.store, one).map((section) => ({ section, run })));
    this.#waiting = all.toSorted((a, b) => compareLocations(b.section.first, a.section.first));
  }

  /** @returns what was recorded of a tile; tiles before it are left behind. */
  async of(tile: TileBound): Promise<Earlier<EarlierRun>[]> {
    const found = await this.#reading.upTo(tile);
    const due = this.#due(tile);
    if (due.length > 0) {
      await this.#reading.add(due);
      found.push(...(await this.#reading.upTo(tile)));
    }
    return this.#decisive(found).flatMap((line) => this.#earlier(line) ?? []);
  }

  async close(): Promise<void> {
    await this.#reading.close();
  }

  /** @returns the sections that a tile has come to; those that it has leapt over are left out for good. */
  #due(tile: TileBound): LineStream<RunLine>[] {
    const due: LineStream<RunLine>[] = [];
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      if (compareLocations(next.section.first, tile) > 0) break;
      this.#waiting.pop();
      if (!next.section.endsBefore(tile)) due.push(linesOf(next));
    }
    return due;
  }

  /** Of the same question about the same object the newest answer alone counts; where there is none, the newest failure. */
  #decisive(lines: readonly RunLine[]): readonly RunLine[] {
    if (lines.length < 2) return lines;
    const best: RunLine[] = [];
    // Of copies of one record that of the first run counts, wherever they were found.
    for (const line of lines.toSorted((a, b) => a.run - b.run)) {
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

async function* linesOf({ section, run }: Waiting): LineStream<RunLine> {
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

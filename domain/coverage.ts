import type { CoveredLines } from './harvest.ts';
import type { TilePlace } from './log.ts';

/** Which tasks of which tiles of a strand need not be asked: closed runs have answered them. */
export interface Coverage {
  /** Bit t: the lane's t-th task. */
  maskAt(place: TilePlace): number;
  /** Tasks of the range's lines from a place on. */
  tasksFrom(place: TilePlace): number;
}

export const NO_COVERAGE: Coverage = { maskAt: () => 0, tasksFrom: () => 0 };

/** @returns how many tasks a mask names. */
export function tasksIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** @returns whether a mask names every task of a lane. */
export function isWhole(mask: number, tasks: number): boolean {
  return mask === (1 << tasks) - 1;
}

function linesAt(covered: readonly CoveredLines[], line: number): CoveredLines | undefined {
  let low = 0;
  let high = covered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((covered[middle]?.[1] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return covered[low];
}

/** @param ranges sorted lines by range; ranges without any are absent. */
export function coverageOf(ranges: ReadonlyMap<number, readonly CoveredLines[]>): Coverage {
  if (ranges.size === 0) return NO_COVERAGE;
  return {
    maskAt: ({ range, line }) => {
      const lines = linesAt(ranges.get(range) ?? [], line);
      return lines !== undefined && lines[0] <= line ? lines[2] : 0;
    },
    tasksFrom: ({ range, line }) =>
      (ranges.get(range) ?? []).reduce(
        (sum, [from, to, mask]) => sum + Math.max(0, to - Math.max(from, line) + 1) * tasksIn(mask),
        0,
      ),
  };
}

/** Gathers masks of a range, line after line, as few entries. */
export class CoveredGathering {
  readonly lines: CoveredLines[] = [];

  add(line: number, mask: number): void {
    if (mask === 0) return;
    const last = this.lines.at(-1);
    if (last !== undefined && last[1] === line - 1 && last[2] === mask) this.lines[this.lines.length - 1] = [last[0], line, mask];
    else this.lines.push([line, line, mask]);
  }
}

/** What an audit may find, in the order in which it is shown. */
export const DIFFERENCES = {
  document: 'a document of the run is missing, damaged, or contradicts another',
  part_missing: 'a part that manifest.json names is not there',
  part_changed: 'a part is not as manifest.json says',
  not_named: 'an object that manifest.json does not name',
  torn_line: 'a last line without its end',
  not_a_record: 'a line that is no record',
  foreign_record: 'a record of another run or dataset',
  misplaced_record: 'a record in a folder where it does not belong',
  wrong_field: 'a record that contradicts run.json, its tile or itself',
  wrong_id: 'an id that its record does not make',
  order: 'lines out of order',
  duplicate: 'a task with more than one record',
  missing_record: 'a task without a record',
  not_asked: 'a record of a tile or task that was not asked',
  input_changed: 'the frozen input is not as it was frozen',
  balance: 'figures that do not add up',
  success: '_SUCCESS that does not stand where it must',
  report: 'report.json does not say what the parts hold',
  source_missing: 'a tile that is gone from the input',
  source_changed: 'a tile that was replaced in the input',
} as const;
export type DifferenceKind = keyof typeof DIFFERENCES;

/** One thing that is not as it must be. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Below `run=<id>/`. */
  readonly path: string;
  /** 1-based; null where no single line is at fault. */
  readonly line: number | null;
  /** A sentence without its place. */
  readonly message: string;
}

const KEPT_OF_A_KIND = 1_000;
const KINDS = Object.keys(DIFFERENCES) as DifferenceKind[];

/** @returns `path line n: message`. */
export function sentenceOf({ path, line, message }: Difference): string {
  return line === null ? `${path}: ${message}` : `${path} line ${line}: ${message}`;
}

/** Counts all differences and keeps the first of every kind, so that memory does not grow with the damage. */
export class Differences {
  readonly #kept = new Map<DifferenceKind, Difference[]>();
  readonly #counts = new Map<DifferenceKind, number>();

  add(difference: Difference): void {
    const { kind } = difference;
    this.#counts.set(kind, this.count(kind) + 1);
    const kept = this.#kept.get(kind) ?? [];
    if (kept.length < KEPT_OF_A_KIND) kept.push(difference);
    this.#kept.set(kind, kept);
  }

  count(kind: DifferenceKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** By kind, in the order of the table; kinds without any are left out. */
  get counts(): Partial<Record<DifferenceKind, number>> {
    return Object.fromEntries(KINDS.filter((kind) => this.count(kind) > 0).map((kind) => [kind, this.count(kind)]));
  }

  /** @returns at most so many, of every kind its share, kind after kind. */
  some(most: number): Difference[] {
    const found = KINDS.map((kind) => this.#kept.get(kind) ?? []);
    const ranked = found.flatMap((ofKind) => ofKind.map((difference, place) => ({ difference, place })));
    const chosen = new Set(ranked.toSorted((a, b) => a.place - b.place).slice(0, most));
    return ranked.filter((one) => chosen.has(one)).map(({ difference }) => difference);
  }
}

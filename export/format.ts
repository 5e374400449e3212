import type { TileRecord } from '../domain/record.ts';

/** One way to write records down. */
export interface Format {
  /** For `--help`. */
  readonly summary: string;
  /** What a file begins with. */
  readonly head: string;
  /** @returns what a record adds, with what ends it; null where the format has no place for it. */
  readonly line: (record: TileRecord) => string | null;
  /** What a record that was left out lacks; null where none ever is. */
  readonly lacks: string | null;
}

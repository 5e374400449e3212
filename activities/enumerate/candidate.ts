import type { S3Location } from '../../domain/layout.ts';
import type { Ignored, Tile } from '../../domain/tile.ts';

/** One object that the input names, and why it is not a tile. */
export interface Candidate {
  readonly tile: Tile;
  readonly ignored: Ignored | null;
}

/** Where the tiles come from. */
export interface Source {
  /**
   * Everything behind `cut`, by the UTF-8 bytes of key, then bucket; from the start where there is none. Of a tile that
   * was only named nothing but its place is known.
   */
  after(cut: S3Location | null): AsyncGenerator<Candidate>;
  /** The same with what S3 says of each tile; absent where a listing has said it. */
  readonly asked?: (named: AsyncIterable<Candidate>) => AsyncGenerator<Candidate>;
  /** Of the object that names the tiles, once it was opened; null for a prefix. It must stay the same over retries. */
  etag(): string | null;
}

export type IgnoredCounts = Readonly<Record<Ignored, number>>;

/** @returns the counts with one more of a kind. */
export function withIgnored(counts: IgnoredCounts, reason: Ignored): IgnoredCounts {
  return { ...counts, [reason]: counts[reason] + 1 };
}

/** @returns the counts of both. */
export function sumIgnored(a: IgnoredCounts, b: IgnoredCounts): IgnoredCounts {
  return {
    zero_bytes: a.zero_bytes + b.zero_bytes,
    folder: a.folder + b.folder,
    sidecar: a.sidecar + b.sidecar,
    excluded: a.excluded + b.excluded,
    duplicate: a.duplicate + b.duplicate,
  };
}

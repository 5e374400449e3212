import { createHash } from 'node:crypto';
import type { S3Location } from '../../domain/layout.ts';
import { Sample } from '../../domain/sample.ts';
import { IGNORED_NONE, type Ignored } from '../../domain/tile.ts';
import { compareLocations } from '../../domain/merge-order.ts';
import { withIgnored, type Candidate, type IgnoredCounts, type Source } from './candidate.ts';

/** How many tiles are drawn, and of how many: Infinity where the spec sets no limit. */
export interface Draw {
  readonly tiles: number;
  readonly limit: number;
}

/** A candidate, and what was ignored of the input before it. */
interface Placed {
  readonly candidate: Candidate;
  readonly ignored: IgnoredCounts;
}

/** What one look at the whole input comes to. */
interface Drawn {
  /** In the order of the input. */
  readonly tiles: readonly Placed[];
  /** Ignored up to the cut. */
  readonly before: IgnoredCounts;
  readonly last: Placed | null;
}

/** By its name alone: a tile that was drawn yesterday is drawn today, also where its bytes have changed. */
function rankOf({ bucket, key }: S3Location): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, key]))
    .digest('hex');
}

function isBehind(cut: S3Location | null, { tile }: Candidate): boolean {
  return cut === null || compareLocations(tile, cut) > 0;
}

async function drawn(all: AsyncIterable<Candidate>, { tiles, limit }: Draw, cut: S3Location | null): Promise<Drawn> {
  const sample = new Sample<Placed>(tiles);
  let [ignored, before, seen] = [IGNORED_NONE, IGNORED_NONE, 0];
  let last: Placed | null = null;
  for await (const candidate of all) {
    if (candidate.ignored !== null) ignored = withIgnored(ignored, candidate.ignored);
    else seen += 1;
    last = { candidate, ignored };
    if (candidate.ignored === null) sample.add(rankOf(candidate.tile), last);
    if (!isBehind(cut, candidate)) before = ignored;
    if (seen === limit) break;
  }
  const inOrder = sample.values().toSorted((a, b) => compareLocations(a.candidate.tile, b.candidate.tile));
  return { tiles: inOrder.filter(({ candidate }) => isBehind(cut, candidate)), before, last };
}

/** As many ignored candidates as were counted since; the place of each is that of what follows. */
function* since(before: IgnoredCounts, { candidate, ignored }: Placed): Generator<Candidate> {
  for (const reason of Object.keys(ignored) as Ignored[])
    for (let n = before[reason]; n < ignored[reason]; n += 1) yield { tile: candidate.tile, ignored: reason };
}

/**
 * A sample of a source: the tiles whose names have the lowest SHA-256, in their order. The whole source is gone through
 * for every stretch of it, names only; what is held in memory is the sample.
 */
export function sampledSource(source: Source, draw: Draw): Source {
  async function* after(cut: S3Location | null): AsyncGenerator<Candidate> {
    const { tiles, before, last } = await drawn(source.after(null), draw, cut);
    let told = before;
    for (const placed of tiles) {
      yield* since(told, placed);
      yield placed.candidate;
      told = placed.ignored;
    }
    if (last !== null) yield* since(told, last);
  }
  return { ...source, after };
}

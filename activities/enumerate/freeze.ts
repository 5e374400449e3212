import { inRun, PATHS, type S3Location } from '../../domain/layout.ts';
import type { RunRef } from '../../domain/run.ts';
import type { Tile } from '../../domain/tile.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Listed } from '../../schema/frozen.ts';
import { tileLine } from '../manifest-reader.ts';
import { putOnce } from '../put-once.ts';
import { readIfThere } from '../read-object.ts';
import { withS3Failures } from '../s3-failure.ts';
import { sumIgnored, type Source } from './candidate.ts';
import { partFacts, putListed, withListed, type Reached } from './progress.ts';
import { Walk, type Stretch } from './walk.ts';

/** What is cut into parts, and where they go. */
export interface Freezing {
  readonly source: Source;
  readonly output: ObjectStore;
  readonly ref: RunRef;
  /** Tiles per part. */
  readonly rangeTiles: number;
  /** Tiles at most; Infinity where the spec sets no limit. */
  readonly limit: number;
}

/** A stretch and the part that holds its tiles; null where no tile was left. */
interface Written {
  readonly stretch: Stretch;
  readonly part: Listed['part'];
  readonly last: S3Location | null;
  /** The part is that of another attempt; the walk has to be begun again behind it. */
  readonly adopted: boolean;
}

function lastOf(tiles: readonly Tile[]): S3Location | null {
  const last = tiles.at(-1);
  return last === undefined ? null : { bucket: last.bucket, key: last.key };
}

function tilesOf(part: Uint8Array): Tile[] {
  const lines = new TextDecoder().decode(part).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Tile);
}

function partAt({ ref }: Freezing, { ranges }: Reached): S3Location {
  return inRun(ref, PATHS.manifestPart(ranges.length));
}

/** What another attempt wrote holds. What lies between its tiles is read again, to count it once. */
async function adopt(freezing: Freezing, reached: Reached, there: { part: Uint8Array; stretch: Stretch }): Promise<Written> {
  const tiles = tilesOf(there.part);
  const last = lastOf(tiles);
  if (last === null) return { stretch: { ...there.stretch, end: true }, part: null, last: reached.cut, adopted: true };
  const walk = new Walk(freezing.source, reached.cut);
  try {
    const final = reached.inputs + tiles.length >= freezing.limit;
    const stretch = await withS3Failures('input', () => walk.pass(last, { final }));
    return { stretch, part: partFacts(there.part, tiles.length), last, adopted: true };
  } finally {
    await walk.close();
  }
}

/**
 * No tile is left, but another attempt may have seen one that is gone by now, or not listed yet when we looked. An empty
 * part takes the place, so that nobody puts tiles there when the end is decided.
 */
async function writeNone(freezing: Freezing, reached: Reached, stretch: Stretch): Promise<Written> {
  const { output } = freezing;
  const at = partAt(freezing, reached);
  const part = await withS3Failures('output', async () => {
    if (reached.inputs === 0) return readIfThere(output, at);
    const put = await putOnce(output, at, new Uint8Array());
    return put === 'written' ? null : put.adopted;
  });
  return part === null ? { stretch, part, last: reached.cut, adopted: false } : adopt(freezing, reached, { part, stretch });
}

async function writePart(freezing: Freezing, reached: Reached, stretch: Stretch): Promise<Written> {
  if (stretch.tiles.length === 0) return writeNone(freezing, reached, stretch);
  const bytes = Buffer.from(stretch.tiles.map(tileLine).join(''));
  const put = await withS3Failures('output', () => putOnce(freezing.output, partAt(freezing, reached), bytes));
  if (put !== 'written') return adopt(freezing, reached, { part: put.adopted, stretch });
  return { stretch, part: partFacts(bytes, stretch.tiles.length), last: lastOf(stretch.tiles), adopted: false };
}

function listedOf(reached: Reached, { stretch, part, last }: Written, etag: string | null): Listed {
  return {
    schema_version: 1,
    range: reached.ranges.length,
    part,
    last_key: last?.key ?? '',
    last_bucket: last?.bucket ?? '',
    inputs: reached.inputs + (part?.lines ?? 0),
    ignored: sumIgnored(reached.ignored, stretch.ignored),
    end: stretch.end,
    source_etag: etag,
  };
}

async function takeFrom(walk: Walk, { rangeTiles, limit }: Freezing, { inputs }: Reached): Promise<Stretch> {
  const room = limit - inputs;
  return withS3Failures('input', () => walk.take(Math.min(rangeTiles, room), { final: room <= rangeTiles }));
}

/** Freezes until the end, or until a part turned out to be another attempt's. */
async function freezeAlong(walk: Walk, freezing: Freezing, from: Reached): Promise<Reached> {
  let reached = from;
  for (;;) {
    const stretch = await takeFrom(walk, freezing, reached);
    const written = await writePart(freezing, reached, stretch);
    if (written.part === null && reached.inputs === 0) return { ...reached, ignored: stretch.ignored, end: true };
    const ours = listedOf(reached, written, freezing.source.etag());
    const put = await withS3Failures('output', () => putListed(freezing.output, freezing.ref, ours));
    reached = withListed(reached, put.listed);
    if (reached.end || written.adopted || !put.ours) return reached;
  }
}

/**
 * Writes the manifest part by part, from where earlier attempts stopped.
 * @returns where it ended; no inputs where the input holds no tile.
 * @throws Failure
 */
export async function freeze(freezing: Freezing, from: Reached): Promise<Reached> {
  let reached = from;
  while (!reached.end) {
    const walk = new Walk(freezing.source, reached.cut);
    try {
      reached = await freezeAlong(walk, freezing, reached);
    } finally {
      await walk.close();
    }
  }
  return reached;
}

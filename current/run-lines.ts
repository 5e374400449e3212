import { mergeSorted } from '../activities/enumerate/merge-sorted.ts';
import { byteLines } from '../activities/lines.ts';
import { Meter } from '../activities/meter.ts';
import { isNewer } from '../domain/current.ts';
import { Failure } from '../domain/failure.ts';
import type { TileBounds } from '../domain/index-line.ts';
import { inRun, s3Uri } from '../domain/layout.ts';
import { compareLocations, compareRecords } from '../domain/merge-order.ts';
import { ObjectStoreError, type ObjectStore } from '../ports/object-store.ts';
import { lineOf, type Line } from './line.ts';
import type { EndedPart, EndedRun } from './ports.ts';

/** Which parts of which run. */
export interface RunFolder {
  readonly store: ObjectStore;
  readonly run: EndedRun;
  readonly folder: string;
}

function damaged({ run }: RunFolder, part: EndedPart, what: string): Failure {
  const uri = s3Uri(inRun(run.place, part.path));
  return new Failure(
    'Internal',
    `${uri} ${what}: something changed it after it was written. Restore it, or remove the run's folder; the current view was not changed.`,
  );
}

async function bytesOf(of: RunFolder, part: EndedPart): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await of.store.get(inRun(of.run.place, part.path));
  } catch (error) {
    if (error instanceof ObjectStoreError && error.problem === 'missing') throw damaged(of, part, 'is gone');
    throw error;
  }
}

function parsed(of: RunFolder, part: EndedPart, bytes: Uint8Array): Line {
  try {
    return lineOf(bytes, () => Date.parse(of.run.startedAt) || 0);
  } catch {
    throw damaged(of, part, 'has a line that is not a record');
  }
}

async function* partLines(of: RunFolder, part: EndedPart): AsyncGenerator<Line> {
  const meter = new Meter();
  let lines = 0;
  for await (const bytes of byteLines(meter.through(await bytesOf(of, part)))) {
    lines += 1;
    yield parsed(of, part, bytes);
  }
  const same = lines === part.lines && meter.bytes === part.bytes && meter.sha256() === part.sha256;
  if (!same) throw damaged(of, part, `is not what manifest.json lists (${part.lines} lines, ${part.bytes} bytes)`);
}

/** @returns where the tiles of all lines of a run lie; null where that is not known. */
export function boundsOf({ parts }: EndedRun): TileBounds | null {
  const known = parts.flatMap(({ bounds }) => bounds ?? []);
  const [first] = known.map((bounds) => bounds.first).toSorted(compareLocations);
  const last = known
    .map((bounds) => bounds.last)
    .toSorted(compareLocations)
    .at(-1);
  return first === undefined || last === undefined || known.length < parts.length ? null : { first, last };
}

/** @returns whether the same tile may be in both; null is a stretch that is not known. */
export function mayMeet(a: TileBounds | null, b: TileBounds | null): boolean {
  if (a === null || b === null) return true;
  return compareLocations(a.first, b.last) <= 0 && compareLocations(b.first, a.last) <= 0;
}

/**
 * The good records of one folder of a run, in the order of parts and lines.
 * @throws Failure `Internal` where a part is not what manifest.json lists, or out of order; ObjectStoreError
 */
export async function* runLines(of: RunFolder): AsyncGenerator<Line> {
  const { run, folder } = of;
  const parts = run.parts.filter(({ path }) => path.startsWith(`${folder}/`));
  let last: Line | null = null;
  for (const part of parts.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    for await (const line of partLines(of, part)) {
      if (last !== null && compareRecords(last, line) >= 0) throw damaged(of, part, 'has lines out of order');
      last = line;
      if (line.ok) yield line;
    }
  }
}

/** The newest line of every place of some streams that are in order, in order; no more of each is held than a line. */
export async function* newestLines(streams: readonly AsyncGenerator<Line>[]): AsyncGenerator<Line> {
  let newest: Line | null = null;
  for await (const line of mergeSorted(streams, compareRecords)) {
    const same: boolean = newest !== null && compareRecords(newest, line) === 0;
    if (newest !== null && !same) yield newest;
    if (newest === null || !same || isNewer(line, newest)) newest = line;
  }
  if (newest !== null) yield newest;
}

/** The lines up to where a run is damaged: for runs that are only asked whether they know better. */
export async function* soundLines(lines: AsyncGenerator<Line>): AsyncGenerator<Line> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

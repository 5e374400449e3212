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
  /** Parts that have nothing between these tiles are not read; all are where it is null. */
  readonly within: TileBounds | null;
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

function mayMeet(a: TileBounds | null, b: TileBounds | null): boolean {
  if (a === null || b === null) return true;
  return compareLocations(a.first, b.last) <= 0 && compareLocations(b.first, a.last) <= 0;
}

/**
 * The good records of one folder of a run, in the order of parts and lines.
 * @throws Failure `Internal` where a part is not what manifest.json lists, or out of order; ObjectStoreError
 */
export async function* runLines(of: RunFolder): AsyncGenerator<Line> {
  const { run, folder, within } = of;
  const parts = run.parts.filter(({ path, bounds }) => path.startsWith(`${folder}/`) && mayMeet(bounds, within));
  let last: Line | null = null;
  for (const part of parts.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    for await (const line of partLines(of, part)) {
      if (last !== null && compareRecords(last, line) >= 0) throw damaged(of, part, 'has lines out of order');
      last = line;
      if (line.ok) yield line;
    }
  }
}

interface Head {
  readonly rest: AsyncGenerator<Line>;
  line: Line | null;
}

async function advance(head: Head): Promise<void> {
  const next = await head.rest.next();
  head.line = next.done === true ? null : next.value;
}

function least(heads: readonly Head[]): Line | null {
  const lines = heads.flatMap(({ line }) => line ?? []);
  return lines.reduce<Line | null>((first, line) => (first === null || compareRecords(line, first) < 0 ? line : first), null);
}

/** The newest line of every place of some streams that are in order, in order; no more of each is held than a line. */
export async function* newestLines(streams: readonly AsyncGenerator<Line>[]): AsyncGenerator<Line> {
  const heads: Head[] = streams.map((rest) => ({ rest, line: null }));
  try {
    for (const head of heads) await advance(head);
    for (let first = least(heads); first !== null; first = least(heads)) {
      let newest: Line = first;
      for (const head of heads) {
        if (head.line === null || compareRecords(head.line, first) !== 0) continue;
        if (isNewer(head.line, newest)) newest = head.line;
        await advance(head);
      }
      yield newest;
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}

/** The lines than which none of `others`, in the same order, has a newer one of the same place. */
export async function* notOutdone(lines: AsyncGenerator<Line>, others: AsyncGenerator<Line>): AsyncGenerator<Line> {
  const head: Head = { rest: others, line: null };
  try {
    await advance(head);
    for await (const line of lines) {
      while (head.line !== null && compareRecords(head.line, line) < 0) await advance(head);
      const rival = head.line !== null && compareRecords(head.line, line) === 0 ? head.line : null;
      if (rival === null || !isNewer(rival, line)) yield line;
    }
  } finally {
    await others.return(undefined);
  }
}

/** The lines up to where a run is damaged: for runs that are only asked whether they know better. */
export async function* soundLines(lines: AsyncGenerator<Line>): AsyncGenerator<Line> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

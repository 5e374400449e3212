import { Failure } from '../../domain/failure.ts';
import { inRun, PATHS, s3Uri, type S3Location } from '../../domain/layout.ts';
import type { LogHead, SliceHead, SliceLine } from '../../domain/log.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { RunRef, StrandEnd } from '../../domain/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { textLines } from '../lines.ts';

/** Which records of which run. */
export interface RangeRecords {
  readonly ref: RunRef;
  readonly range: number;
  readonly ends: readonly StrandEnd[];
}

async function* logLines(store: ObjectStore, at: S3Location): AsyncGenerator<string> {
  yield* textLines(await store.get(at));
}

async function headOf(store: ObjectStore, at: S3Location): Promise<SliceHead> {
  for await (const line of logLines(store, at)) {
    const head = JSON.parse(line) as LogHead;
    if (head.kind === 'slice') return head;
    break;
  }
  throw new Failure('Internal', `${s3Uri(at)} does not begin like the end of a slice, so its range cannot be merged.`);
}

/** The records of a range in one slice. Lines are sorted by range: what comes after it is not read. */
async function* recordsIn(store: ObjectStore, at: S3Location, range: number): AsyncGenerator<TileRecord> {
  let first = true;
  for await (const text of logLines(store, at)) {
    const line = first ? null : (JSON.parse(text) as SliceLine);
    first = false;
    if (line !== null && line.range > range) return;
    if (line?.range === range) yield line.record;
  }
}

function byStrand(a: StrandEnd, b: StrandEnd): number {
  if (a.lane !== b.lane) return a.lane < b.lane ? -1 : 1;
  return a.strand - b.strand;
}

/**
 * The records of a range, always in the same order: lane, strand, slice. One object is open at a time, so nothing
 * waits on an idle connection however many slices there are.
 */
export async function* recordsOf(store: ObjectStore, wanted: RangeRecords): AsyncGenerator<TileRecord> {
  const { ref, range } = wanted;
  for (const { lane, strand, n } of wanted.ends.toSorted(byStrand)) {
    const at = (slice: number) => inRun(ref, PATHS.logObject(lane, strand, slice));
    const { slices } = (await headOf(store, at(n))).state;
    for (const slice of (slices[range] ?? []).toSorted((a, b) => a - b)) yield* recordsIn(store, at(slice), range);
  }
}

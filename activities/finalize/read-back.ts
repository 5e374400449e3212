import { Failure } from '../../domain/failure.ts';
import { inRun, type RunPlace, s3Uri } from '../../domain/layout.ts';
import type { TileRecord } from '../../domain/record.ts';
import type { Part } from '../../domain/run.ts';
import { ObjectStoreError, type ObjectStore } from '../../ports/object-store.ts';
import { textLines } from '../lines.ts';
import { Meter } from '../meter.ts';

/** A part as it was written, and where to read it. */
export interface Written {
  readonly store: ObjectStore;
  readonly ref: RunPlace;
  readonly part: Part;
}

function broken({ ref, part }: Written, what: string): Failure {
  const at = s3Uri(inRun(ref, part.path));
  return new Failure(
    'Internal',
    `${at} ${what}: something changed it after it was written. Restore it, or start a run with a new id; this run cannot be vouched for.`,
  );
}

async function body(written: Written): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await written.store.get(inRun(written.ref, written.part.path));
  } catch (error) {
    if (error instanceof ObjectStoreError && error.problem === 'missing') throw broken(written, 'is gone');
    throw error;
  }
}

/**
 * The records of a part as they stand in S3.
 * @throws Failure `internal`, after the last record, where bytes, lines or checksum are not those of the merge;
 * ObjectStoreError
 */
export async function* readBack(written: Written): AsyncGenerator<TileRecord> {
  const { part } = written;
  const meter = new Meter();
  let lines = 0;
  for await (const text of textLines(meter.through(await body(written)))) {
    lines += 1;
    yield recordOf(written, text);
  }
  const same = lines === part.lines && meter.bytes === part.bytes && meter.sha256() === part.sha256;
  if (!same) throw broken(written, `is not what manifest.json would list (${part.lines} lines, ${part.bytes} bytes)`);
}

function recordOf(written: Written, text: string): TileRecord {
  try {
    return JSON.parse(text) as TileRecord;
  } catch {
    throw broken(written, 'has a line that is not JSON');
  }
}

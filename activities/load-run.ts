import { inRun, PATHS, s3Uri, type S3Location } from '../domain/layout.ts';
import type { Frozen, Run, RunRef } from '../domain/run.ts';
import type { ObjectStores } from '../ports/object-store.ts';
import { parseFrozen } from '../schema/frozen.ts';
import { parseRun } from '../schema/run.ts';
import { keepingFew } from './keeping-few.ts';
import { outputStore } from './output-store.ts';
import { documentOf, readObject } from './read-object.ts';
import { withS3Failures } from './s3-failure.ts';

const KEPT = 16;

type Reader<T> = (ref: RunRef) => Promise<T>;

/** Both objects never change once they are there. */
function keepingRuns<T>(read: Reader<T>): Reader<T> {
  return keepingFew(KEPT, (ref) => s3Uri(inRun(ref, '')), read);
}

function readBytes(stores: ObjectStores, ref: RunRef, at: S3Location): Promise<Uint8Array> {
  return withS3Failures('output', () => readObject(outputStore(stores, ref), at));
}

/** @returns a reader of run.json that remembers. It throws Failure. */
export function createRunReader(stores: ObjectStores): Reader<Run> {
  return keepingRuns(async (ref) => {
    const at = inRun(ref, PATHS.run);
    return documentOf(await readBytes(stores, ref, at), at, parseRun);
  });
}

/** @returns a reader of `_work/frozen.json` that remembers. It throws Failure, `NotFound` while the input is not frozen. */
export function createFrozenReader(stores: ObjectStores): Reader<Frozen> {
  return keepingRuns(async (ref) => {
    const at = inRun(ref, PATHS.frozen);
    return documentOf(await readBytes(stores, ref, at), at, parseFrozen);
  });
}

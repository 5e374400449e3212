import { inOutput, isCurrentPart, OUTPUT_PATHS, type RunPlace, type S3Location } from '../domain/layout.ts';
import { TASK_KINDS } from '../domain/spec.ts';
import type { ObjectRemover } from '../ports/object-remover.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PointerStore } from '../ports/pointer-store.ts';
import { readExistingView } from './view.ts';

/** A part that no reader of the current pointer needs. */
export interface SupersededPart {
  readonly at: S3Location;
  readonly bytes: number;
}

/** Where parts are looked for. */
export interface PruneSearch {
  readonly store: ObjectStore;
  readonly pointers: PointerStore;
  readonly output: RunPlace;
}

const FOLDERS: readonly string[] = [...new Set(Object.values(TASK_KINDS).map(({ folder }) => folder))];
const AT_ONCE = 16;

async function partsBefore({ store, output }: PruneSearch, writtenBeforeMs: number): Promise<SupersededPart[]> {
  const found: SupersededPart[] = [];
  for (const folder of FOLDERS) {
    const { bucket, key: prefix } = inOutput(output, `${OUTPUT_PATHS.current}${folder}/`);
    for await (const page of store.list({ bucket, prefix })) {
      const old = page.filter(({ lastModified }) => lastModified !== null && Date.parse(lastModified) < writtenBeforeMs);
      found.push(...old.map(({ key, sizeBytes }) => ({ at: { bucket, key }, bytes: sizeBytes })));
    }
  }
  const start = inOutput(output, OUTPUT_PATHS.current).key.length;
  return found.filter(({ at }) => isCurrentPart(at.key.slice(start)));
}

/**
 * The parts that the pointer does not name and that were written before. The pointer is read last: what an update was
 * still writing when the search began is younger than that, or named by now.
 * @throws Failure `NotFound` where there is no current view, `Internal` where it is damaged; ObjectStoreError
 */
export async function supersededParts(search: PruneSearch, writtenBeforeMs: number): Promise<SupersededPart[]> {
  const { pointers, output } = search;
  const old = await partsBefore(search, writtenBeforeMs);
  const view = await readExistingView(pointers, output);
  const named = new Set(view.parts.map(({ path }) => inOutput(output, OUTPUT_PATHS.current + path).key));
  return old.filter(({ at }) => !named.has(at.key));
}

/** Removes parts. @param progress told how many are gone. @throws ObjectStoreError */
export async function removeParts(
  remover: ObjectRemover,
  parts: readonly SupersededPart[],
  progress: (removed: number) => void,
): Promise<void> {
  for (let from = 0; from < parts.length; from += AT_ONCE) {
    const some = parts.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ at }) => remover.remove(at)));
    progress(from + some.length);
  }
}

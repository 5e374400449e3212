import { batches } from '../domain/batches.ts';
import { inRun, type RunPlace, type S3Location } from '../domain/layout.ts';
import type { ObjectRemover } from '../ports/object-remover.ts';
import type { ObjectStore } from '../ports/object-store.ts';

const AT_ONCE = 16;

/** What may be removed, and by whom. */
export interface Removal {
  readonly store: ObjectStore;
  readonly remover: ObjectRemover;
  /** Told how many are gone. */
  readonly progress: (removed: number) => void;
}

/** @returns where the working files of a run are. */
export function workOf(run: RunPlace): RunPlace {
  const { bucket, key } = inRun(run, '_work/');
  return { bucket, prefix: key };
}

/** The first keys below a prefix, in their order; none where nothing is left. */
async function firstPage(store: ObjectStore, { bucket, prefix }: RunPlace): Promise<readonly S3Location[]> {
  for await (const page of store.list({ bucket, prefix })) return page.map(({ key }) => ({ bucket, key }));
  return [];
}

/**
 * Removes everything below `_work/`. In the order of the keys: the last slice of a log says all that its run still
 * knows, so whoever is interrupted leaves nothing that a later run could misread.
 * @returns how many objects were removed. @throws ObjectStoreError
 */
export async function removeWork({ store, remover, progress }: Removal, run: RunPlace): Promise<number> {
  const work = workOf(run);
  let removed = 0;
  for (let page = await firstPage(store, work); page.length > 0; page = await firstPage(store, work)) {
    for (const some of batches(page, AT_ONCE)) {
      await Promise.all(some.map((at) => remover.remove(at)));
      removed += some.length;
      progress(removed);
    }
  }
  return removed;
}

import { isYoung } from '../domain/harvest.ts';
import { inRun, PATHS, runIdOfFolder, s3Uri } from '../domain/layout.ts';
import type { Run, RunManifest, RunRef } from '../domain/run.ts';
import type { Clock } from '../ports/clock.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore } from '../ports/object-store.ts';
import type { RunRegistry } from '../ports/run-registry.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';
import { parseRun } from '../schema/run.ts';
import { inOrder } from './enumerate/in-order.ts';
import { jsonOf, readIfThere, readObject } from './read-object.ts';
import { ifReadable } from './readable.ts';

/** A run of the same output on which nobody works any more. */
export interface ClosedRun {
  readonly ref: RunRef;
  readonly run: Run;
  /** Null where it was terminated, or failed before its end. */
  readonly manifest: RunManifest | null;
}

/** Where to look, and whom to ask. */
export interface Search {
  readonly store: ObjectStore;
  /** The run that looks; it does not find itself. */
  readonly ref: RunRef;
  readonly registry: RunRegistry;
  readonly clock: Clock;
}

const AT_ONCE = 16;

/** The folders beside a run's own. */
async function* otherRuns({ store, ref }: Search): AsyncGenerator<RunRef> {
  const beside = ref.prefix.slice(0, -`run=${ref.runId}/`.length);
  for await (const page of store.list({ bucket: ref.bucket, prefix: `${beside}run=`, folders: true })) {
    for (const { key } of page) {
      const runId = runIdOfFolder(key);
      if (runId !== null && runId !== ref.runId) yield { ...ref, prefix: key, runId };
    }
  }
}

async function headIfThere(store: ObjectStore, ref: RunRef, path: string): Promise<ObjectFacts | null> {
  try {
    return await store.head(inRun(ref, path));
  } catch (error) {
    if (error instanceof ObjectStoreError && error.problem === 'missing') return null;
    throw error;
  }
}

async function readManifest(store: ObjectStore, ref: RunRef): Promise<RunManifest | null> {
  const at = inRun(ref, PATHS.manifest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : parseRunManifest(jsonOf(bytes), s3Uri(at));
}

/** One request for a run that ended long ago: nothing of it is young. */
async function closedRun({ store, registry, clock }: Search, ref: RunRef): Promise<ClosedRun | null> {
  const ended = await headIfThere(store, ref, PATHS.manifest);
  if (ended?.lastModified && !isYoung(Date.parse(ended.lastModified), clock.now())) return null;
  if (ended === null && (await headIfThere(store, ref, PATHS.run)) === null) return null;
  if (ended === null && (await registry.isOpen(ref.runId))) return null;
  const at = inRun(ref, PATHS.run);
  const run = parseRun(jsonOf(await readObject(store, at)), s3Uri(at));
  return { ref, run, manifest: ended === null ? null : await readManifest(store, ref) };
}

/** @returns the closed runs of the same output of which something may be young, the latest first. */
export async function closedRuns(search: Search): Promise<ClosedRun[]> {
  const found: ClosedRun[] = [];
  const look = (ref: RunRef): Promise<ClosedRun | null> => ifReadable(() => closedRun(search, ref));
  for await (const closed of inOrder(otherRuns(search), AT_ONCE, look)) if (closed !== null) found.push(closed);
  return found.toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt));
}

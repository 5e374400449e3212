import { inRun, PATHS, runIdOfFolder, s3Uri, type S3Location } from '../domain/layout.ts';
import type { Run, RunManifest, RunRef } from '../domain/run.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { RunRegistry } from '../ports/run-registry.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';
import { parseRun } from '../schema/run.ts';
import type { EndedRuns } from './ended-runs.ts';
import { inOrder } from './enumerate/in-order.ts';
import { documentOf, readIfThere } from './read-object.ts';
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
  /** Those of earlier searches need not be read again. */
  readonly ended: EndedRuns;
}

const AT_ONCE = 16;

/** What the folders of all runs of an output begin with. */
function foldersOf({ ref }: Search): S3Location {
  return { bucket: ref.bucket, key: `${ref.prefix.slice(0, -`run=${ref.runId}/`.length)}run=` };
}

/** The folders beside a run's own. */
async function otherRuns(search: Search): Promise<RunRef[]> {
  const { store, ref, ended } = search;
  const { bucket, key: prefix } = foldersOf(search);
  const found: RunRef[] = [];
  for await (const page of store.list({ bucket, prefix, folders: true })) {
    for (const { key } of page) {
      const runId = runIdOfFolder(key);
      if (runId !== null && runId !== ref.runId) found.push({ ...ref, prefix: key, runId });
    }
  }
  ended.retain(found, s3Uri({ bucket, key: prefix }));
  return found;
}

async function* each<One>(all: readonly One[]): AsyncGenerator<One> {
  yield* all;
}

async function readManifest(store: ObjectStore, ref: RunRef): Promise<RunManifest | null> {
  const at = inRun(ref, PATHS.manifest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : documentOf(bytes, at, parseRunManifest);
}

/** A run that goes on, by its id; null where it is none of ours. */
async function lookAt({ store, registry, ended }: Search, ref: RunRef): Promise<ClosedRun | string | null> {
  const known = ended.of(ref);
  if (known !== undefined) return { ref, ...known };
  const at = inRun(ref, PATHS.run);
  const [manifest, opened] = await Promise.all([readManifest(store, ref), readIfThere(store, at)]);
  if (opened === null) return null;
  if (manifest === null && (await registry.isOpen(ref.runId))) return ref.runId;
  const run = documentOf(opened, at, parseRun);
  if (manifest !== null) ended.keep(ref, { run, manifest });
  return { ref, run, manifest };
}

/** The other runs of an output. */
export interface OtherRuns {
  /** The latest first. */
  readonly closed: readonly ClosedRun[];
  /** Ids of those that go on. */
  readonly open: readonly string[];
}

/** @returns the other runs of the same output; what is damaged or somebody else's is passed over. */
export async function otherRunsOf(search: Search): Promise<OtherRuns> {
  const closed: ClosedRun[] = [];
  const open: string[] = [];
  const look = (ref: RunRef): Promise<ClosedRun | string | null> => ifReadable(() => lookAt(search, ref));
  for await (const seen of inOrder(each(await otherRuns(search)), AT_ONCE, look)) {
    if (typeof seen === 'string') open.push(seen);
    else if (seen !== null) closed.push(seen);
  }
  return { closed: closed.toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt)), open };
}

/** @returns the closed runs of the same output, the latest first. */
export async function closedRuns(search: Search): Promise<readonly ClosedRun[]> {
  return (await otherRunsOf(search)).closed;
}

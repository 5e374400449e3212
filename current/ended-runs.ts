import { documentOf, readIfThere } from '../activities/read-object.ts';
import { batches } from '../domain/batches.ts';
import type { SeenRun } from '../domain/current.ts';
import { Failure } from '../domain/failure.ts';
import { inOutput, inRun, PATHS, rangeOfPart, runIdOfFolder, type RunPlace } from '../domain/layout.ts';
import type { Part, RunManifest } from '../domain/run.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';
import type { EndedPart, EndedRun } from './ports.ts';

const AT_ONCE = 16;
/** A run out of balance is not vouched for. */
const GOOD: readonly RunManifest['state'][] = ['complete', 'cancelled'];

/** Of a range everything is between the first and the last tile of its index. Runs that are older than indexes have none. */
function withBounds(part: Part, index: RunManifest['index']): EndedPart {
  const range = rangeOfPart(part.path);
  const within = index.find((one) => one.range === range);
  return { ...part, bounds: within === undefined ? null : { first: within.first, last: within.last } };
}

/** @returns what a manifest says of a run, or null where its records do not belong into the view. */
export function endedRun(place: RunPlace, manifest: RunManifest): EndedRun | null {
  const { run_id, started_at, state, parts, index } = manifest;
  if (!GOOD.includes(state)) return null;
  return { place, runId: run_id, startedAt: started_at, parts: parts.map((part) => withBounds(part, index)) };
}

/** @returns null where what was read of a run is not as tilescribe writes it. @throws every other error */
export function ifDamaged(error: unknown): null {
  if (error instanceof Failure || error instanceof SyntaxError || error instanceof TypeError) return null;
  throw error;
}

async function runAt(store: ObjectStore, place: RunPlace): Promise<EndedRun | null> {
  const at = inRun(place, PATHS.manifest);
  const bytes = await readIfThere(store, at);
  return bytes === null ? null : endedRun(place, documentOf(bytes, at, parseRunManifest));
}

/** @param place of the output, or of any of its runs. @returns null where the run is not there, or has not ended well */
export function readEndedRun(store: ObjectStore, place: RunPlace, runId: string): Promise<EndedRun | null> {
  const { bucket, key } = inOutput(place, `run=${runId}/`);
  return runAt(store, { bucket, prefix: key });
}

/** Reads what is known of many runs, some at a time. */
export async function someAtATime<Of>(all: readonly Of[], read: (one: Of) => Promise<EndedRun | null>): Promise<EndedRun[]> {
  const found: EndedRun[] = [];
  for (const some of batches(all, AT_ONCE)) found.push(...(await Promise.all(some.map(read))).flatMap((run) => run ?? []));
  return found;
}

/** @returns those of these runs that are there and have ended well. @param place of the output, or of any of its runs */
export function readEndedRuns(store: ObjectStore, place: RunPlace, runs: readonly SeenRun[]): Promise<EndedRun[]> {
  return someAtATime(runs, ({ run_id }) => readEndedRun(store, place, run_id));
}

async function folders(store: ObjectStore, place: RunPlace): Promise<RunPlace[]> {
  const { bucket, key: prefix } = inOutput(place, 'run=');
  const found: RunPlace[] = [];
  for await (const page of store.list({ bucket, prefix, folders: true }))
    found.push(...page.filter(({ key }) => runIdOfFolder(key) !== null).map(({ key }) => ({ bucket, prefix: key })));
  return found;
}

/** @returns the runs of an output that have ended complete or cancelled, the one that began first first. */
export async function endedRuns(store: ObjectStore, output: RunPlace): Promise<EndedRun[]> {
  const places = await folders(store, output);
  const found = await someAtATime(places, (place) => runAt(store, place));
  return found.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.runId < b.runId ? -1 : 1));
}

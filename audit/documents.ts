import { readIfThere } from '../activities/read-object.ts';
import { Failure } from '../domain/failure.ts';
import { inRun, PATHS, s3Uri } from '../domain/layout.ts';
import type { Frozen, Run, RunManifest, RunRef } from '../domain/run.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { parseFrozen } from '../schema/frozen.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';
import { parseRun } from '../schema/run.ts';
import { storedJson } from '../schema/stored-json.ts';
import type { Differences } from './differences.ts';

/** Where a run's documents are, and where it is said what is wrong with them. */
export interface Shelf {
  readonly store: ObjectStore;
  readonly ref: RunRef;
  readonly differences: Differences;
}

/** What a run says of itself; null where that cannot be read. */
export interface Documents {
  readonly manifest: RunManifest;
  readonly run: Run | null;
  readonly frozen: Frozen | null;
  readonly report: unknown;
}

type Parse<T> = (document: unknown, what: string) => T;

function isDamage(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof Failure;
}

async function read<T>({ store, ref, differences }: Shelf, path: string, parse: Parse<T>): Promise<T | 'absent' | null> {
  const at = inRun(ref, path);
  const bytes = await readIfThere(store, at);
  if (bytes === null) return 'absent';
  try {
    return parse(storedJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path), path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    differences.add({ kind: 'document', path, line: null, message: `cannot be read as tilescribe writes it: ${error.message}` });
    return null;
  }
}

async function required<T>(shelf: Shelf, path: string, parse: Parse<T>): Promise<T | null> {
  const document = await read(shelf, path, parse);
  if (document !== 'absent') return document;
  shelf.differences.add({ kind: 'document', path, line: null, message: 'is not there.' });
  return null;
}

/** @returns manifest.json; null where it is damaged. @throws Failure `NotFound` where the run has none. */
export async function readManifest(shelf: Shelf): Promise<RunManifest | null> {
  const manifest = await read(shelf, PATHS.manifest, parseRunManifest);
  if (manifest !== 'absent') return manifest;
  const uri = s3Uri(inRun(shelf.ref, ''));
  throw new Failure(
    'NotFound',
    `${uri} has no manifest.json: the run is not finished, or it is not there. See \`tilescribe status ${shelf.ref.runId}\`; starting the run id again with the same spec continues it.`,
  );
}

function agree({ ref, differences }: Shelf, manifest: RunManifest, run: Run): void {
  const pairs = [
    ['manifest.json: run_id', manifest.run_id, ref.runId],
    ['run.json: run_id', run.runId, ref.runId],
    ['manifest.json: dataset', manifest.dataset, run.spec.dataset],
    ['manifest.json: started_at', manifest.started_at, run.startedAt],
  ] as const;
  for (const [what, found, must] of pairs) {
    const [path, field] = what.split(': ') as [string, string];
    const message = `${field} is ${JSON.stringify(found)}, expected ${JSON.stringify(must)}.`;
    if (found !== must) differences.add({ kind: 'document', path, line: null, message });
  }
  for (const { id, service } of run.spec.tasks) {
    const message = `asks service ${service} in task ${id}, and does not say which that is.`;
    if (run.services[service] === undefined) differences.add({ kind: 'document', path: PATHS.run, line: null, message });
  }
}

/** Reads everything beside manifest.json. @throws ObjectStoreError */
export async function readDocuments(shelf: Shelf, manifest: RunManifest): Promise<Documents> {
  const run = await required(shelf, PATHS.run, parseRun);
  const report = await required<unknown>(shelf, PATHS.reportJson, (document) => document);
  const frozen = await read(shelf, PATHS.frozen, parseFrozen);
  if (run !== null) agree(shelf, manifest, run);
  return { manifest, run, report, frozen: frozen === 'absent' ? null : frozen };
}

import { type Cluster, travelling } from '../../domain/clusters.ts';
import { type ErrorCode, ERRORS } from '../../domain/errors.ts';
import { inRun, PATHS, rangesWithParts, s3Uri } from '../../domain/layout.ts';
import type { RunManifest, RunRef } from '../../domain/run.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { parseFrozen } from '../../schema/frozen.ts';
import { clustersOfReport } from '../../schema/report-clusters.ts';
import { parseRunManifest } from '../../schema/run-manifest.ts';
import { documentOf, jsonOf, readIfThere } from '../read-object.ts';

/** A run that has its manifest.json: its totals, without the lists that grow with it. */
export interface FinishedRun extends Omit<RunManifest, 'missing' | 'parts' | 'harvest' | 'owed' | 'window_ended' | 'index'> {
  /** _SUCCESS is there. */
  readonly success: boolean;
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly fingerprints: readonly Cluster[];
  readonly ranges: { readonly done: number; readonly total: number };
}

interface ErrorsOfReport {
  readonly errors?: readonly { readonly code: string; readonly count: number }[];
}

/** What report.json says of errors; nothing where it is not there. */
async function errorsOf(output: ObjectStore, ref: RunRef): Promise<Pick<FinishedRun, 'errors' | 'fingerprints'>> {
  const at = inRun(ref, PATHS.reportJson);
  const bytes = await readIfThere(output, at);
  const report = bytes === null ? {} : (jsonOf(bytes, s3Uri(at)) as ErrorsOfReport);
  const known = (report.errors ?? []).filter(({ code }) => Object.hasOwn(ERRORS, code));
  const errors = Object.fromEntries(known.map(({ code, count }) => [code, count]));
  return { errors, fingerprints: travelling(clustersOfReport(report)) };
}

async function rangesOf(output: ObjectStore, ref: RunRef, parts: RunManifest['parts']): Promise<FinishedRun['ranges']> {
  const at = inRun(ref, PATHS.frozen);
  const bytes = await readIfThere(output, at);
  // Once the working files were removed parts are all that is known.
  const total =
    bytes === null ? rangesWithParts(parts.map(({ path }) => path)) : documentOf(bytes, at, parseFrozen).ranges.length;
  return { done: total, total };
}

/** @returns how a run ended, or null where it has not, or lacks its last step. @throws ObjectStoreError, Failure `Internal` */
export async function readFinished(output: ObjectStore, ref: RunRef): Promise<FinishedRun | null> {
  const at = inRun(ref, PATHS.manifest);
  const bytes = await readIfThere(output, at);
  if (bytes === null) return null;
  const {
    missing: _missing,
    parts,
    harvest: _harvest,
    owed: _owed,
    window_ended: _ended,
    index: _index,
    ...totals
  } = documentOf(bytes, at, parseRunManifest);
  const success = (await readIfThere(output, inRun(ref, PATHS.success))) !== null;
  // Something kept it from its last step: the run goes on there.
  if (totals.state === 'complete' && !success) return null;
  return { ...totals, success, ...(await errorsOf(output, ref)), ranges: await rangesOf(output, ref, parts) };
}

import { assumptions } from '../domain/assumptions.ts';
import { travelling } from '../domain/clusters.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { PATHS, rangesWithParts } from '../domain/layout.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { Run, RunManifest } from '../domain/run.ts';
import { isJsonObject, ownField } from '../schema/json-object.ts';
import { clustersOfReport } from '../schema/report-clusters.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';
import { parseRun } from '../schema/run.ts';
import { storedJson } from '../schema/stored-json.ts';
import type { RunOutput } from './run-output.ts';

/** What S3 tells of a run. */

const DEFAULT_GPUS = 2;

function errorsOf(report: unknown): RunStatus['errors'] {
  const rows = ownField(report, 'errors');
  const counts = (Array.isArray(rows) ? rows : []).flatMap((row): [ErrorCode, number][] => {
    const [code, count] = [ownField(row, 'code'), ownField(row, 'count')];
    return typeof code === 'string' && typeof count === 'number' ? [[code as ErrorCode, count]] : [];
  });
  return Object.fromEntries(counts);
}

/** @returns the status of a run that has ended, from what it left. */
export function statusFromManifest(manifest: RunManifest, output: string, report: unknown): RunStatus {
  const { run_id, state, inputs, expected, ok, failed, skipped } = manifest;
  const ranges = rangesWithParts(manifest.parts.map(({ path }) => path));
  return {
    run_id,
    state,
    reason: null,
    halted_services: [],
    inputs,
    expected,
    ok,
    failed,
    skipped,
    in_flight: 0,
    rate_per_s: null,
    eta_s: null,
    errors: errorsOf(report),
    fingerprints: travelling(clustersOfReport(report)),
    ranges: { done: ranges, total: ranges },
    budget: { held: 0, waiting_for: null },
    output,
  };
}

/** @returns manifest.json, or null where the run has not ended. */
export async function readManifest(output: RunOutput): Promise<RunManifest | null> {
  const text = await output.text(PATHS.manifest);
  const uri = output.uri + PATHS.manifest;
  return text === null ? null : parseRunManifest(storedJson(text, uri), uri);
}

/** @returns the status of an ended run, or null where there is no manifest.json. */
export async function readStoredStatus(output: RunOutput): Promise<RunStatus | null> {
  const manifest = await readManifest(output);
  if (manifest === null) return null;
  const report = await output.text(PATHS.reportJson);
  return statusFromManifest(manifest, output.uri, report === null ? null : storedJson(report, output.uri + PATHS.reportJson));
}

function gpusOf(document: unknown): number {
  const gpus = isJsonObject(document) ? document['gpus'] : null;
  return typeof gpus === 'number' ? gpus : DEFAULT_GPUS;
}

function jobsByService(run: Run, inputs: number): Record<string, number> {
  return Object.fromEntries(run.lanes.map(({ service, tasks }) => [service, tasks.length * inputs]));
}

/** @returns what a run assumes of its services, from its run.json; null where that is not there yet. */
export async function readAssumptions(output: RunOutput, inputs: number): Promise<string[] | null> {
  const text = await output.text(PATHS.run);
  if (text === null) return null;
  const uri = output.uri + PATHS.run;
  const document = storedJson(text, uri);
  const run = parseRun(document, uri);
  const services = Object.values(run.services);
  return assumptions({ gpus: gpusOf(document), services }, { jobsByService: jobsByService(run, inputs) });
}

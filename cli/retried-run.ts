import { Failure } from '../domain/failure.ts';
import { inRun, PATHS, runPlace, s3Uri } from '../domain/layout.ts';
import { retrySpec, type CodeCounts } from '../domain/retry.ts';
import type { RunManifest } from '../domain/run.ts';
import type { Priority, RetrySpec, RunSpec } from '../domain/spec.ts';
import { forTerminal } from '../domain/terminal.ts';
import { parseRun } from '../schema/run.ts';
import { storedJson } from '../schema/stored-json.ts';
import { parseSpec, specDocument } from '../schema/spec.ts';
import { endedManifest } from './finished-run.ts';
import type { RunOutput } from './run-output.ts';
import { statusFromManifest } from './stored-run.ts';

/** A run that has ended, as a retry needs it. */
export interface RetriedRun {
  readonly runId: string;
  readonly spec: RunSpec;
  readonly manifest: RunManifest;
  /** Records by error code; null where report.json is not there to tell. */
  readonly counts: CodeCounts | null;
}

async function specOf(output: RunOutput): Promise<Pick<RetriedRun, 'runId' | 'spec'>> {
  const at = output.uri + PATHS.run;
  const text = await output.text(PATHS.run);
  if (text === null) throw new Failure('NotFound', `${forTerminal(at)} is not there; without it nobody knows what was asked.`);
  const { runId, spec } = parseRun(storedJson(text, at), at);
  const home = s3Uri(inRun(runPlace(spec.output.uri, runId), ''));
  if (home === output.uri) return { runId, spec };
  throw new Failure(
    'InvalidSpec',
    `${forTerminal(output.uri)} is a copy: the run wrote to ${forTerminal(home)}. Name that, so that the retry lies beside it.`,
  );
}

/** @throws Failure where the run has not ended, is not there, or is a copy. */
export async function readRetried(output: RunOutput): Promise<RetriedRun> {
  const manifest = await endedManifest(output);
  const report = await output.text(PATHS.reportJson);
  const { errors } = statusFromManifest(
    manifest,
    output.uri,
    report === null ? null : storedJson(report, output.uri + PATHS.reportJson),
  );
  const isTold = report !== null || manifest.failed + manifest.skipped + manifest.unfinished === 0;
  return { ...(await specOf(output)), manifest, counts: isTold ? errors : null };
}

/** @throws Failure `InvalidSpec` where the retry makes the spec too large. */
export function retriedSpec({ spec }: RetriedRun, retry: RetrySpec, priority: Priority = spec.priority): RunSpec {
  return parseSpec(specDocument({ ...retrySpec(spec, retry), priority }));
}

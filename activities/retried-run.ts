import { Failure } from '../domain/failure.ts';
import { inRun, PATHS, runPlace, s3Uri, type RunPlace } from '../domain/layout.ts';
import type { RunManifest } from '../domain/run.ts';
import type { RetrySpec } from '../domain/spec.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { parseRunManifest } from '../schema/run-manifest.ts';
import { documentOf, readIfThere } from './read-object.ts';

/** An ended run, and which of its failures are asked again. */
export interface RetriedRun {
  readonly place: RunPlace;
  readonly manifest: RunManifest;
  readonly retry: RetrySpec;
}

/** @throws Failure where the run is not there or has not ended; ObjectStoreError */
export async function readRetried(output: ObjectStore, outputUri: string, retry: RetrySpec): Promise<RetriedRun> {
  const place = runPlace(outputUri, retry.run);
  const at = inRun(place, PATHS.manifest);
  const bytes = await readIfThere(output, at);
  if (bytes !== null) return { place, manifest: documentOf(bytes, at, parseRunManifest), retry };
  if ((await readIfThere(output, inRun(place, PATHS.run))) === null)
    throw new Failure(
      'NotFound',
      `retry.run is ${retry.run}: there is no such run in ${outputUri}. Name a run of the same output.uri.`,
    );
  throw new Failure(
    'InvalidSpec',
    `retry.run is ${retry.run}: that run has not ended (${s3Uri(at)} is not there). Wait for it with \`tilescribe watch ${retry.run}\`; where it was terminated, start it again with the same run id, and it continues.`,
  );
}

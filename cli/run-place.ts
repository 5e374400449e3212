import { Failure } from '../domain/failure.ts';
import type { RunRef } from '../domain/run.ts';
import { outputAddress } from './finished-run.ts';
import { runFolder } from './run-output.ts';

/** Where the output of a run is. */
export interface LocatedRun {
  readonly ref: RunRef;
  /** `s3://…/run=<id>/` */
  readonly uri: string;
}

/** @param text the id of a run that has ended and that Temporal knows, or `s3://…/run=<id>/`. @throws Failure */
export async function locatedRun(text: string): Promise<LocatedRun> {
  const uri = await outputAddress(text);
  const folder = runFolder(uri);
  if (folder === null) throw new Failure('Internal', `${uri} is not the address of a run.`);
  return { ref: { ...folder.place, runId: folder.runId }, uri };
}

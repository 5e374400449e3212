import { Failure } from '../domain/failure.ts';
import { runPlace } from '../domain/layout.ts';
import { inputsOfEnded } from './frozen-tiles.ts';
import type { Table } from './table.ts';
import type { TrackedRun } from './tracked-run.ts';

/** How a run is: `unknown`: nobody has started it; `failed`: it could not begin, and is not ours. */
export type Look = 'open' | 'ended' | 'unknown' | 'failed';

/** A run of somebody else that could not begin is theirs to tell. */
async function lookAtWorkflow({ ports }: Table, { runId, own }: Pick<TrackedRun, 'runId' | 'own'>): Promise<Look> {
  try {
    return await ports.runs.look(runId);
  } catch (error) {
    if (own || !(error instanceof Failure) || error.kind === 'Unreachable') throw error;
    return 'failed';
  }
}

/** Temporal forgets closed runs, S3 does not. @throws the failure of an own run that could not begin. */
export async function lookAt(table: Table, run: Pick<TrackedRun, 'runId' | 'own'>): Promise<Look> {
  const look = await lookAtWorkflow(table, run);
  if (look !== 'unknown') return look;
  const { ports, settings } = table;
  const inputs = await inputsOfEnded(ports.store, runPlace(settings.spec.output.uri, run.runId));
  return inputs === null ? 'unknown' : 'ended';
}

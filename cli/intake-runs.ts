import type { RunClient } from '../adapters/temporal/run-client.ts';
import { Failure } from '../domain/failure.ts';
import type { IntakeRuns } from '../intake/ports.ts';
import { startAttached } from './attached-run.ts';

/** @returns whether the run is open. @throws the failure of one that could not begin. */
async function isOpen(client: RunClient, runId: string): Promise<boolean> {
  try {
    if ((await client.look(runId)).open) return true;
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return false;
    throw error;
  }
  const ending = await client.ending(runId);
  if (ending.kind === 'failed')
    throw new Failure(ending.failure.kind, `Run ${runId}: ${ending.failure.message}`, { cause: ending.failure });
  return false;
}

/** Runs of events, started as `tilescribe run` starts its own. */
export function intakeRuns(client: RunClient): IntakeRuns {
  return {
    start: async (runId, spec) => void (await startAttached({ client, runId, spec, trigger: 'event' })),
    isOpen: (runId) => isOpen(client, runId),
    openRuns: (prefix) => client.openRunIds(prefix),
  };
}

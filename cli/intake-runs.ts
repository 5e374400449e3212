import type { RunClient } from '../adapters/temporal/run-client.ts';
import { Failure } from '../domain/failure.ts';
import type { IntakeRuns, RunLook } from '../intake/ports.ts';
import { startAttached } from './attached-run.ts';

async function look(client: RunClient, runId: string): Promise<RunLook> {
  try {
    if ((await client.look(runId)).open) return 'open';
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return 'unknown';
    throw error;
  }
  const ending = await client.ending(runId);
  return ending.kind === 'failed' ? ending.failure : 'ended';
}

/** Runs of events, started as `tilescribe run` starts its own. */
export function intakeRuns(client: RunClient): IntakeRuns {
  return {
    start: async (runId, spec) => void (await startAttached({ client, runId, spec, trigger: 'event' })),
    look: (runId) => look(client, runId),
  };
}

import type { RunClient } from '../adapters/temporal/run-client.ts';
import { Failure } from '../domain/failure.ts';
import type { IntakeRuns } from '../intake/ports.ts';
import { startAttached } from './attached-run.ts';

type Look = Awaited<ReturnType<IntakeRuns['look']>>;

async function look(client: RunClient, runId: string): Promise<Look> {
  try {
    if ((await client.look(runId)).open) return 'open';
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return 'unknown';
    throw error;
  }
  const ending = await client.ending(runId);
  if (ending.kind === 'failed')
    throw new Failure(ending.failure.kind, `Run ${runId}: ${ending.failure.message}`, { cause: ending.failure });
  return 'ended';
}

/** Runs of events, started as `tilescribe run` starts its own. */
export function intakeRuns(client: RunClient): IntakeRuns {
  return {
    start: async (runId, spec) => void (await startAttached({ client, runId, spec, trigger: 'event' })),
    look: (runId) => look(client, runId),
  };
}

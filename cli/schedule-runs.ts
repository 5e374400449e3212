import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { ScheduledRun } from '../adapters/temporal/schedule-view.ts';
import { Failure } from '../domain/failure.ts';

/** A run of a schedule with what became of it. */
export interface RunOutcome extends ScheduledRun {
  /** Null where Temporal has forgotten it. */
  readonly state: string | null;
  /** Why it failed; null where it did not. */
  readonly reason: string | null;
}

type Outcome = Pick<RunOutcome, 'state' | 'reason'>;

async function outcomeOf(client: RunClient, runId: string): Promise<Outcome> {
  const { open } = await client.look(runId);
  if (open) return { state: (await client.status(runId))?.state ?? 'open', reason: null };
  const ending = await client.ending(runId);
  if (ending.kind === 'failed') return { state: 'failed', reason: ending.failure.message };
  return ending.kind === 'ended' ? ending.status : { state: 'cancelled', reason: null };
}

/** @returns the runs, each with what Temporal and the workers say of it. */
export async function outcomesOf(client: RunClient, runs: readonly ScheduledRun[]): Promise<RunOutcome[]> {
  const known = runs.map(async (run): Promise<RunOutcome> => {
    try {
      return { ...run, ...(await outcomeOf(client, run.runId)) };
    } catch (error) {
      if (error instanceof Failure && error.kind === 'NotFound') return { ...run, state: null, reason: null };
      throw error;
    }
  });
  return Promise.all(known);
}

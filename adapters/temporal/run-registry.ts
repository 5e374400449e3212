import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { RunRegistry } from '../../ports/run-registry.ts';
import { Failure } from '../../domain/failure.ts';
import { SECOND_MS } from '../../domain/units.ts';

const WITHIN_MS = 10 * SECOND_MS;

/** Runs as Temporal knows them: a run id is a workflow id, and what Temporal has forgotten has closed. */
export function createRunRegistry(client: Client): RunRegistry {
  const isOpen = async (runId: string): Promise<boolean> => {
    try {
      const { status } = await client.workflow.getHandle(runId).describe();
      return status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw new Failure('Unreachable', `Temporal does not say whether run ${runId} goes on; it is asked again.`, {
        cause: error,
      });
    }
  };
  return { isOpen: (runId) => client.withDeadline(Date.now() + WITHIN_MS, () => isOpen(runId)) };
}

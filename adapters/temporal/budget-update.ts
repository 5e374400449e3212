import { setTimeout as sleep } from 'node:timers/promises';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { BUDGET_MOVES, BUDGET_WORKFLOW_ID, TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';

/** A budget that continues as new does not take updates for less than a second. */
const AGAIN_MS = 250;
const MOST_TRIES = 20;

const START = {
  taskQueue: TASK_QUEUES.workflows,
  workflowId: BUDGET_WORKFLOW_ID,
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
};

type BudgetWorkflow = () => Promise<void>;

/** The failure with which a budget's own code answered an update; null of any other error. */
export function refusalOf(error: unknown): ApplicationFailure | null {
  return error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure ? error.cause : null;
}

/**
 * One update of the budget of the client's namespace, by update-with-start: it needs nobody to start it. While the
 * budget continues as new the same update goes out again; one that was turned away was not taken.
 */
export async function updateBudget<Reply>(client: Client, name: string, argument: object): Promise<Reply> {
  for (let left = MOST_TRIES; ; left -= 1) {
    try {
      return await client.workflow.executeUpdateWithStart<BudgetWorkflow, Reply, [object]>(name, {
        args: [argument],
        startWorkflowOperation: new WithStartWorkflowOperation<BudgetWorkflow>(WORKFLOW_TYPES.budget, START),
      });
    } catch (error) {
      if (left === 0 || refusalOf(error)?.type !== BUDGET_MOVES) throw error;
      await sleep(AGAIN_MS * (1 + Math.random()));
    }
  }
}

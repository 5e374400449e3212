import { setTimeout as sleep } from 'node:timers/promises';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { BUDGET_MOVES, BUDGET_WORKFLOW_ID, LEASE_UPDATE, TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';

/** A report is answered within this, or its holder goes on without a grant. */
const ANSWER_MS = 20_000;
/** A budget that continues as new does not take reports for less than a second. */
const AGAIN_MS = 250;
const MOST_TRIES = 20;

type BudgetWorkflow = () => Promise<void>;

/** The budget of the client's namespace, by update-with-start: it needs nobody to start it. */
export function createLeaseDesk(client: Client): LeaseDesk {
  const start = {
    taskQueue: TASK_QUEUES.workflows,
    workflowId: BUDGET_WORKFLOW_ID,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
  };
  const ask = (report: LeaseReport): Promise<LeaseReply> =>
    client.workflow.executeUpdateWithStart<BudgetWorkflow, LeaseReply, [LeaseReport]>(LEASE_UPDATE, {
      args: [report],
      startWorkflowOperation: new WithStartWorkflowOperation<BudgetWorkflow>(WORKFLOW_TYPES.budget, start),
    });
  return { report: (report) => client.withDeadline(Date.now() + ANSWER_MS, () => untilItStands(() => ask(report))) };
}

function turnedAway(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure && error.cause.type === BUDGET_MOVES
  );
}

/** A report that was turned away was not taken, so it is the same report that goes out again. */
async function untilItStands(ask: () => Promise<LeaseReply>): Promise<LeaseReply> {
  for (let left = MOST_TRIES; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || !turnedAway(error)) throw error;
      await sleep(AGAIN_MS * (1 + Math.random()));
    }
  }
}

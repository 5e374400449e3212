import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { BUDGET_WORKFLOW_ID, LEASE_UPDATE, TASK_QUEUES, WORKFLOW_TYPES } from '../../domain/temporal-names.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';

/** A report is answered within this, or its holder goes on without a grant. */
const ANSWER_MS = 20_000;

type BudgetWorkflow = () => Promise<void>;

/** The budget of the client's namespace, by update-with-start: it needs nobody to start it. */
export function createLeaseDesk(client: Client): LeaseDesk {
  const start = {
    taskQueue: TASK_QUEUES.workflows,
    workflowId: BUDGET_WORKFLOW_ID,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
  };
  return {
    report: (report) =>
      client.withDeadline(Date.now() + ANSWER_MS, () =>
        client.workflow.executeUpdateWithStart<BudgetWorkflow, LeaseReply, [LeaseReport]>(LEASE_UPDATE, {
          args: [report],
          startWorkflowOperation: new WithStartWorkflowOperation<BudgetWorkflow>(WORKFLOW_TYPES.budget, start),
        }),
      ),
  };
}

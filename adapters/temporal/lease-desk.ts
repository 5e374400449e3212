import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Calls } from '../../domain/calls.ts';
import type { LeaseReply } from '../../domain/lease.ts';
import { BUDGET_CALLS_MEMO, BUDGET_WORKFLOW_ID, LEASE_UPDATE } from '../../domain/temporal-names.ts';
import type { LeaseDesk } from '../../ports/lease-desk.ts';
import { updateBudget } from './budget-update.ts';

/** A report is answered within this, or its holder goes on without a grant. */
const ANSWER_MS = 20_000;
/** One look at the calls does for all holders of a process for this long. */
const LOOK_EVERY_MS = 2_000;
const LOOK_WITHIN_MS = 5_000;

/** The budget of the client's namespace. */
export function createLeaseDesk(client: Client): LeaseDesk {
  let looked: { readonly atMs: number; readonly calls: Promise<Calls> } | null = null;
  return {
    report: (report) => client.withDeadline(Date.now() + ANSWER_MS, () => updateBudget<LeaseReply>(client, LEASE_UPDATE, report)),
    calls: () => {
      const now = performance.now();
      if (looked === null || now - looked.atMs >= LOOK_EVERY_MS) looked = { atMs: now, calls: callsNow(client) };
      return looked.calls;
    },
  };
}

/** A description is neither an action nor an event, and needs no worker. */
async function callsNow(client: Client): Promise<Calls> {
  try {
    const budget = client.workflow.getHandle(BUDGET_WORKFLOW_ID);
    const { memo } = await client.withDeadline(Date.now() + LOOK_WITHIN_MS, () => budget.describe());
    return (memo?.[BUDGET_CALLS_MEMO] ?? {}) as Calls;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
}

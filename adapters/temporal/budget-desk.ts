import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { EMPTY_BUDGET } from '../../domain/budget.ts';
import { budgetStatus, type BudgetStatus } from '../../domain/budget-status.ts';
import { Failure } from '../../domain/failure.ts';
import type { BudgetOrder } from '../../domain/figures.ts';
import { BUDGET_SET_UPDATE, BUDGET_WORKFLOW_ID } from '../../domain/temporal-names.ts';
import { refusalOf, updateBudget } from './budget-update.ts';
import type { Desk } from './desk.ts';
import { GRPC, grpcReply } from './failure.ts';
import { pollersOf } from './pollers.ts';
import { queryStatus } from './status-query.ts';

const WITHIN_MS = 10_000;
const NOBODY_THERE = 'No worker answers for the budget: start one with `tilescribe worker`, then set it. Nothing was changed.';
const NO_WORKER =
  'No worker answers for the budget, and one that starts may still take this: start one with `tilescribe worker`, look with `tilescribe budget`, and set it again where it is not set.';

/** @returns what the budget says of itself, one that nobody has started yet included; null where no worker answers. */
export async function budgetNow(desk: Desk, nowMs: number): Promise<BudgetStatus | null> {
  try {
    return await queryStatus<BudgetStatus>(desk, BUDGET_WORKFLOW_ID, [nowMs]);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'NotFound') return budgetStatus(EMPTY_BUDGET, nowMs);
    throw error;
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || grpcReply(error)?.code === GRPC.deadlineExceeded;
}

function explained(error: unknown): unknown {
  if (isUnanswered(error)) return new Failure('Unreachable', NO_WORKER, { cause: error });
  const refused = refusalOf(error);
  if (refused?.type !== 'InvalidConfiguration') return error;
  return new Failure('InvalidConfiguration', `The budget refuses it: ${refused.message}.`, { cause: error });
}

/**
 * Carries out an order; twice is once.
 * @throws Failure `InvalidConfiguration`, `Unreachable`
 */
export async function setBudget(desk: Desk, order: BudgetOrder): Promise<void> {
  // An order that nobody takes now would be taken by the worker that starts next, whoever that is.
  if ((await pollersOf(desk, 'workflows')) === 0) throw new Failure('Unreachable', NOBODY_THERE);
  const set = async (): Promise<void> => {
    try {
      await updateBudget<void>(desk.client, BUDGET_SET_UPDATE, order);
    } catch (error) {
      throw explained(error);
    }
  };
  await desk.ask(set, { runId: BUDGET_WORKFLOW_ID, withinMs: WITHIN_MS });
}

import type { RunClient } from '../adapters/temporal/run-client.ts';
import type { BudgetStatus } from '../domain/budget-status.ts';
import { Failure } from '../domain/failure.ts';

/** @returns the budget at this moment. @throws Failure `Unreachable` where no worker answers for it. */
export async function answeredBudget(client: RunClient): Promise<BudgetStatus> {
  const budget = await client.budget(Date.now());
  if (budget !== null) return budget;
  throw new Failure('Unreachable', 'No worker answers for the budget: start one with `tilescribe worker`.');
}

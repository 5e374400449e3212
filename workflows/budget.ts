import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  patched,
  setHandler,
  sleep,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { EMPTY_BUDGET, ordered, type Budget } from '../domain/budget.ts';
import { budgetStatus as statusOfBudget } from '../domain/budget-status.ts';
import { orderFault, type BudgetOrder } from '../domain/figures.ts';
import type { LeaseReply, LeaseReport } from '../domain/lease.ts';
import { asleep, callsOf, newlyCalled, withCalls, type Calls } from '../domain/calls.ts';
import { turnsNow } from '../domain/ceilings.ts';
import { packed, unpacked, type Packed } from '../domain/packed.ts';
import { settle } from '../domain/settle.ts';
import { BUDGET_CALLS_MEMO, BUDGET_MOVES } from '../domain/temporal-names.ts';
import { budgetSet, budgetStatus, lease, places } from './messages.ts';

/** The server allows 2,000 updates a run; from the second number on reports are turned away for a moment, so that it comes. */
const UPDATES_A_RUN = { enough: 800, most: 1_200 } as const;
const QUIET_MS = 200;

/**
 * The one owner of every service's places in a namespace. Handlers are synchronous and total; whoever is refused
 * waits on a timer of its own.
 *
 * @param carried what the budget knew before it continued as new, small enough for a history.
 */
export async function tilescribeBudget(carried?: Packed): Promise<void> {
  let budget = carried === undefined ? EMPTY_BUDGET : (unpacked(carried) as Budget);
  let updates = 0;
  let lastUpdateMs = 0;
  let called: Calls = {};
  const call = (): void => {
    const calls = callsOf(budget, Date.now());
    const names = newlyCalled(calls, called);
    if (names.length === 0 || !patched(BUDGET_CALLS_MEMO)) return;
    // Workers look at the memo, which costs neither an action nor an event.
    upsertMemo({ [BUDGET_CALLS_MEMO]: calls });
    for (const run of asleep(budget, names, Date.now())) wake(run);
    called = calls;
  };
  const take = (report: LeaseReport): LeaseReply => {
    const settled = settle(budget, report, { now: Date.now(), roll: Math.random() });
    budget = settled.budget;
    updates += 1;
    lastUpdateMs = Date.now();
    call();
    return settled.reply;
  };
  const set = (order: BudgetOrder): void => {
    const next = ordered(budget, order, Date.now());
    budget = withCalls(next, turnsNow(next, Date.now()), Date.now());
    updates += 1;
    lastUpdateMs = Date.now();
    call();
  };
  const stays = (_report?: LeaseReport): void => {
    if (updates >= UPDATES_A_RUN.most)
      throw ApplicationFailure.create({ type: BUDGET_MOVES, message: 'The budget continues as new; report again.' });
  };
  const sensible = (order: BudgetOrder): void => {
    stays();
    const fault = orderFault(order);
    if (fault !== null) throw ApplicationFailure.create({ type: 'InvalidConfiguration', message: fault });
  };
  setHandler(lease, take, { validator: stays });
  setHandler(budgetSet, set, { validator: sensible });
  setHandler(budgetStatus, (nowMs) => statusOfBudget(budget, nowMs ?? Date.now()));
  await condition(() => updates >= UPDATES_A_RUN.enough || workflowInfo().continueAsNewSuggested);
  // From a timer's task, and never from one that also completes an update: its caller would not be answered.
  do await sleep(QUIET_MS);
  while (lastUpdateMs === Date.now() || !allHandlersFinished());
  await continueAsNew<typeof tilescribeBudget>(packed(budget, Date.now()));
}

/** A run that is gone needs no places. */
function wake(run: string): void {
  getExternalWorkflowHandle(run)
    .signal(places)
    .catch(() => undefined);
}

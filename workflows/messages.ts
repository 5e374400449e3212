import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BudgetStatus } from '../domain/budget-status.ts';
import type { LeaseReply, LeaseReport } from '../domain/lease.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { BudgetOrder } from '../domain/figures.ts';
import {
  BUDGET_SET_UPDATE,
  LEASE_UPDATE,
  PAUSE_SIGNAL,
  PLACES_SIGNAL,
  RESUME_SIGNAL,
  STATUS_QUERY,
} from '../domain/temporal-names.ts';

/** Every signal, query and update (contract section 6). */
export const pause = defineSignal(PAUSE_SIGNAL);
export const resume = defineSignal(RESUME_SIGNAL);
export const status = defineQuery<RunStatus>(STATUS_QUERY);

/** From the budget, to a run whose strands rest. */
export const places = defineSignal(PLACES_SIGNAL);
/** The argument is the asker's time, ms: a query's own clock stands still. */
export const budgetStatus = defineQuery<BudgetStatus, [nowMs?: number]>(STATUS_QUERY);
export const lease = defineUpdate<LeaseReply, [LeaseReport]>(LEASE_UPDATE);
export const budgetSet = defineUpdate<void, [BudgetOrder]>(BUDGET_SET_UPDATE);

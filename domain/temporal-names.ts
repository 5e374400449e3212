/** Names that programs outside rely on (contract section 6) and those that only our own processes share. */
export const TASK_QUEUES = {
  workflows: 'tilescribe',
  io: 'tilescribe-io',
  inference: 'tilescribe-inference',
} as const;
export type Role = keyof typeof TASK_QUEUES;

export const WORKFLOW_TYPES = { run: 'tilescribeRun', budget: 'tilescribeBudget' } as const;
export const BUDGET_WORKFLOW_ID = 'tilescribe-budget';
export const LEASE_UPDATE = 'lease';
export const BUDGET_SET_UPDATE = 'set';
/** The type of the failure with which a budget turns a report away while it continues as new. */
export const BUDGET_MOVES = 'BudgetMoves';
/** Of the memo of the budget's workflow: the holders that are to report before their slice ends. */
export const BUDGET_CALLS_MEMO = 'calls';
/** To a run whose strands rest while they wait: there are places for one of them. */
export const PLACES_SIGNAL = 'places';
export const STATUS_QUERY = 'status';
export const PAUSE_SIGNAL = 'pause';
export const RESUME_SIGNAL = 'resume';

/** Keyword search attributes; a server without them still works. */
export const SEARCH_ATTRIBUTES = {
  dataset: 'TilescribeDataset',
  state: 'TilescribeState',
  trigger: 'TilescribeTrigger',
} as const;

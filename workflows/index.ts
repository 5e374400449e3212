export { tilescribeBudget } from './budget.ts';
export { tilescribeRun } from './run.ts';

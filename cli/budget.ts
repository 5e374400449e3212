import { Failure } from '../domain/failure.ts';
import { budgetLines } from './budget-text.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { withRunClient } from './run-target.ts';

async function showBudget({ screen }: Session): Promise<number> {
  const budget = await withRunClient((client) => client.budget(Date.now()));
  if (budget === null) {
    throw new Failure('Unreachable', 'No worker answers for the budget: start one with `tilescribe worker`.');
  }
  if (!screen.json) for (const line of budgetLines(budget, screen.paint)) screen.line(line);
  screen.result(budget);
  return 0;
}

export const budgetCommand: CommandDefinition = {
  name: 'budget',
  summary: 'Show who holds which places of the services',
  description:
    'Every run of a Temporal namespace shares the GPUs: how many places there are and why, who holds them until when, and what is held by submits that never got an answer.',
  examples: [['tilescribe budget', 'why a run waits']],
  define: (command, io) => void withJson(command).action(action(io, showBudget)),
};

import { answeredBudget } from './budget-now.ts';
import { defineBudgetSet } from './budget-set.ts';
import { budgetLines } from './budget-text.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { withRunClient } from './run-target.ts';

async function showBudget({ screen }: Session): Promise<number> {
  const budget = await withRunClient(answeredBudget);
  if (!screen.json) for (const line of budgetLines(budget, screen.paint)) screen.line(line);
  screen.result(budget);
  return 0;
}

const PRINTED = `$ tilescribe budget set --gpus 1
The cap is now 1 GPU (before: as the workers are configured).
It takes effect with what is granted next, within one slice (15 to 120 s, or TILESCRIBE_SLICE_SECONDS); what is in flight is not touched.
...
$ tilescribe budget
cap: 1 GPU (set by hand (\`tilescribe budget set\`)); 1 GPU held as of each holder's last report
  GPU time since 09:49 UTC: 1 min 8 s held, 34 s busy, 34 s idle
caption: 0 of 0 places in use, 8 HTTP, 0 GPUs held
  why: waits for its turn: needs 1 GPU of 1 GPU; vqa holds 1
  RUN                          STRAND     PRIORITY     GRANTED         IN FLIGHT  UNTIL
  world-20261121T095305Z-fopc  caption/0  interactive  0 jobs, 0 HTTP  0          09:54 UTC, waiting since 09:53
vqa: 24 of 24 places in use, 8 HTTP, 1 GPU held
  why: 1 x 1 GPU of 1 GPU x 24 inputs per container
  RUN                          STRAND  PRIORITY     GRANTED          IN FLIGHT  UNTIL
  world-20261121T095305Z-fopc  vqa/0   interactive  24 jobs, 8 HTTP  0          09:53 UTC`;

export const budgetCommand: CommandDefinition = {
  name: 'budget',
  summary: 'Show who holds the GPUs and the places of the services, or set the cap',
  description:
    'Every run of a Temporal namespace shares the GPUs: how many are held and why no more, who holds which places until when, and what is held by jobs that nobody collects and submits that never got an answer. docs/gpus.md has the arithmetic.',
  examples: [
    ['tilescribe budget', 'why a run waits'],
    ['tilescribe budget set --gpus 1', 'leave a GPU to somebody else, while runs go on'],
    ['tilescribe budget set --service caption --inputs-per-container 8', 'a figure of one service'],
    ['tilescribe budget set --unset', 'everything as the workers are configured'],
  ],
  printed: PRINTED,
  define: (command, io) => {
    withJson(command).usage('[options] [set]').helpCommand(false).action(action(io, showBudget));
    defineBudgetSet(command.command('set'), io);
  },
};

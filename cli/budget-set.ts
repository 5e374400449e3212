import type { Command } from 'commander';
import { NO_OVERRIDES } from '../domain/figures.ts';
import { answeredBudget } from './budget-now.ts';
import { changesOf, ordersOf, type SetOptions } from './budget-order.ts';
import { budgetLines, changeLines } from './budget-text.ts';
import { action, withJson, type Io, type Session } from './command.ts';
import { withExamples } from './examples.ts';
import { wholeNumberOr } from './option.ts';
import { withRunClient } from './run-target.ts';

async function setBudget({ screen }: Session, _: readonly string[], options: SetOptions): Promise<number> {
  // What makes no sense is said before anybody is asked.
  ordersOf(options, NO_OVERRIDES);
  return withRunClient(async (client) => {
    const before = await answeredBudget(client);
    for (const order of ordersOf(options, before.overrides)) await client.setBudget(order);
    const after = await answeredBudget(client);
    const changes = changesOf(before.overrides, after.overrides);
    if (!screen.json) {
      for (const line of [...changeLines(changes, after), '', ...budgetLines(after, screen.paint)]) screen.line(line);
    }
    screen.result({ changes, budget: after });
    return 0;
  });
}

const UNSET = { unset: 'unset' } as const;

/** Adds `budget set`. */
export function defineBudgetSet(command: Command, io: Io): void {
  const set = command
    .showHelpAfterError('See `tilescribe budget set --help`.')
    .summary('Set the cap, or figures of a service, while runs go on')
    .description(
      'What is set stands before TILESCRIBE_GPUS and the services files of all workers, until it is taken back with the value unset or with --unset. It takes effect within one slice; what is in flight is not touched. Prints the budget after it.',
    )
    .option('--gpus <n>', 'the cap in GPUs, over all services together', wholeNumberOr(1, UNSET))
    .option('--service <name>', 'the service whose figures these are')
    .option('--inputs-per-container <n>', 'inputs one container admits', wholeNumberOr(1, UNSET))
    .option('--max-containers <n>', 'the limit set at the platform, or none', wholeNumberOr(1, { none: null, ...UNSET }))
    .option('--gpus-per-container <n>', 'GPUs that one container holds', wholeNumberOr(1, UNSET))
    .option('--scaledown-seconds <n>', 'how long an idle container stays', wholeNumberOr(0, UNSET))
    .option('--http-inputs <n>', 'submits, polls and health checks at once', wholeNumberOr(1, UNSET))
    .option('--unset', 'take everything back, or with --service everything of that one');
  withJson(set).action(action(io, setBudget));
  withExamples(command, [
    ['tilescribe budget set --gpus 1', 'leave a GPU to somebody else, while runs go on'],
    ['tilescribe budget set --service caption --inputs-per-container 8', 'a figure of one service'],
    ['tilescribe budget set --gpus unset', 'the cap as the workers are configured'],
    ['tilescribe budget set --unset', 'everything as the workers are configured'],
  ]);
}

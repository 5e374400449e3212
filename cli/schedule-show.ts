import type { Command } from 'commander';
import { action, withJson, type Io, type Session } from './command.ts';
import { withExamples } from './examples.ts';
import { withRunClient } from './run-target.ts';
import { outcomesOf } from './schedule-runs.ts';
import { NAME_ARGUMENT, withSchedule } from './schedule-target.ts';
import { describedLines, listLines, runDocuments, scheduleDocument } from './schedule-text.ts';

async function list({ screen }: Session): Promise<number> {
  const views = await withRunClient(({ schedules }) => schedules.list());
  if (!screen.json) for (const line of listLines(views)) screen.line(line);
  screen.result({ schedules: views.map(scheduleDocument) });
  return 0;
}

async function describe({ screen }: Session, [text = '']: readonly string[]): Promise<number> {
  return withSchedule(text, async (client, name) => {
    const view = await client.schedules.describe(name);
    const runs = await outcomesOf(client, view.runs);
    if (!screen.json) for (const line of describedLines(view, runs, screen.paint)) screen.line(line);
    screen.result({ ...scheduleDocument(view), runs: runDocuments(runs) });
    return 0;
  });
}

/** Adds `schedule list` and `schedule describe`. */
export function defineShowing(command: Command, io: Io): void {
  const listing = withJson(command.command('list'))
    .summary('List the schedules')
    .description(
      'Every schedule of runs in the namespace, also those that the temporal command has made. A new one can be some seconds late.',
    )
    .action(action(io, list));
  withExamples(listing, [
    ['tilescribe schedule list', 'which there are, and when they come'],
    ['tilescribe schedule list --json', 'for a program'],
  ]);
  const describing = withJson(command.command('describe'))
    .summary('Show a schedule, its next times and its last runs')
    .description(
      'Spec, times, whether it is paused and why, how many runs were started, wait or were missed, and the last ten with their states.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .action(action(io, describe));
  withExamples(describing, [['tilescribe schedule describe nightly', 'when it comes, and what became of its last runs']]);
}

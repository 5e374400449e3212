import type { Command } from 'commander';
import type { ScheduleView } from '../adapters/temporal/schedule-view.ts';
import type { Triggered } from '../adapters/temporal/schedule-trigger.ts';
import { dailyTime } from '../domain/backfill-dates.ts';
import { quantity } from '../domain/quantity.ts';
import { shellWord } from '../domain/shell-word.ts';
import { oneLine } from '../domain/terminal.ts';
import { wholeSeconds } from '../domain/units.ts';
import { action, withJson, type Io, type Session } from './command.ts';
import { confirmed } from './confirmation.ts';
import { withExamples } from './examples.ts';
import { unservedSentence } from './progress-view.ts';
import { NAME_ARGUMENT, withSchedule } from './schedule-target.ts';

const LONGEST = 1_000;

/** @returns a name that somebody else may have given, as a terminal shows it. */
function shown(name: string): string {
  return oneLine(name, LONGEST);
}

/** @returns what makes up for runs that were not started: a backfill is of schedules that come once a day. */
function makesUp({ cron }: ScheduleView): string {
  const isDaily = cron !== null && dailyTime(cron) !== null;
  return isDaily ? '`tilescribe backfill`' : '`tilescribe run` with its spec';
}

function told({ screen }: Session, line: string, result: object): number {
  if (!screen.json) screen.line(line);
  screen.result(result);
  return 0;
}

interface PauseOptions {
  readonly note?: string;
}

async function pause(session: Session, [text = '']: readonly string[], options: PauseOptions): Promise<number> {
  return withSchedule(text, async ({ schedules }, name) => {
    const before = await schedules.describe(name);
    const note = options.note ?? (before.paused ? before.note : null) ?? 'paused';
    await schedules.pause(name, note);
    const todo = `tilescribe schedule resume ${shellWord(name)}`;
    const line = `${shown(name)} is paused: no run starts before \`${todo}\`. Open runs go on.${givenUp(before)}`;
    return told(session, line, { name, paused: true, note, waiting: before.counts.waiting });
  });
}

async function resume(session: Session, [text = '']: readonly string[]): Promise<number> {
  return withSchedule(text, async ({ schedules }, name) => {
    await schedules.resume(name, 'resumed');
    const view = await schedules.describe(name);
    const [next = null] = view.next.map(wholeSeconds);
    const line = `${shown(name)} is on again; next: ${next ?? 'never'}. What was due while it was paused is not made up for (${makesUp(view)} does that).`;
    return told(session, line, { name, paused: false, next });
  });
}

function triggeredText(id: string, became: Triggered): string {
  const name = shown(id);
  const TEXTS: Readonly<Record<Triggered['kind'], string>> = {
    started: `started run ${became.kind === 'started' ? became.runId : ''}; follow it with \`tilescribe watch\``,
    waits: `a run of ${name} is open: the next one starts when that has ended`,
    left_out: `a run of ${name} is open, and another one waits for its end already: nothing was added`,
    requested: `asked for a run of ${name}; \`tilescribe schedule describe ${shellWord(id)}\` shows it once it has started`,
  };
  return TEXTS[became.kind];
}

async function trigger(session: Session, [text = '']: readonly string[]): Promise<number> {
  return withSchedule(text, async ({ schedules, unservedRoles }, name) => {
    const became = await schedules.trigger(name);
    const runId = became.kind === 'started' ? became.runId : null;
    const exitCode = told(session, triggeredText(name, became), { name, became: became.kind, run_id: runId });
    const unserved = await unservedRoles().catch(() => []);
    if (unserved.length > 0) session.screen.note(`tilescribe: ${unservedSentence(unserved)}`);
    return exitCode;
  });
}

/** What waits for an open run is started by its schedule alone. */
function givenUp(view: ScheduleView): string {
  const { waiting } = view.counts;
  if (waiting === 0) return '';
  const runs = waiting === 1 ? 'The run that waits' : `The ${waiting} runs that wait`;
  const open = shown(view.open.join(', '));
  return ` ${runs} for ${open === '' ? 'an open one' : open} will not start; ${makesUp(view)} makes up for what is missed.`;
}

interface DeleteOptions {
  readonly yes?: boolean;
}

function goOnText(open: readonly string[]): string {
  if (open.length === 0) return 'No run of it is open.';
  return `${quantity(open.length, 'open run')} of it will go on: ${shown(open.join(', '))}.`;
}

async function remove(session: Session, [text = '']: readonly string[], { yes }: DeleteOptions): Promise<number> {
  return withSchedule(text, async ({ schedules }, name) => {
    const view = await schedules.describe(name);
    const { open } = view;
    const question = `Delete the schedule ${shown(name)}? ${goOnText(open)}${givenUp(view)}`;
    if (yes !== true && !(await confirmed(session.io, question))) {
      told(session, 'Nothing was deleted.', { name, deleted: false, open_runs: open });
      return 1;
    }
    await schedules.delete(name);
    return told(session, `deleted schedule ${shown(name)}. ${goOnText(open)}${givenUp(view)}`, {
      name,
      deleted: true,
      open_runs: open,
    });
  });
}

function definePause(command: Command, io: Io): void {
  command
    .summary('Start no run until the schedule is resumed')
    .description(
      'Runs that are open go on; `tilescribe pause` pauses these. A run that was due and waits for one of them is left out when that ends, unless the schedule has been resumed by then.',
    )
    .argument('<name>', NAME_ARGUMENT)
    .option('--note <text>', 'why, for `schedule describe`');
  withJson(command).action(action(io, pause));
  withExamples(command, [['tilescribe schedule pause nightly --note "new GPUs"', 'until `tilescribe schedule resume nightly`']]);
}

function defineResume(command: Command, io: Io): void {
  command
    .summary('Go on with a schedule that is paused')
    .description(
      'What was due while it was paused is not made up for; `tilescribe backfill` does that for schedules that come once a day.',
    )
    .argument('<name>', NAME_ARGUMENT);
  withJson(command).action(action(io, resume));
  withExamples(command, [['tilescribe schedule resume nightly', 'from its next time on']]);
}

function defineTrigger(command: Command, io: Io): void {
  command
    .summary('Start a run now, also of a schedule that is paused')
    .description(
      'The run stands for this moment: its dates are those of today in the time zone of the schedule. Where a run is open it starts after that.',
    )
    .argument('<name>', NAME_ARGUMENT);
  withJson(command).action(action(io, trigger));
  withExamples(command, [['tilescribe schedule trigger nightly', 'once more, now; `tilescribe watch` follows the run']]);
}

function defineDelete(command: Command, io: Io): void {
  command
    .summary('Take a schedule away; its open runs go on')
    .description('At a terminal it asks first. What its runs have written stays.')
    .argument('<name>', NAME_ARGUMENT)
    .option('--yes', 'do not ask');
  withJson(command).action(action(io, remove));
  withExamples(command, [
    ['tilescribe schedule delete nightly', 'after a question, which names the runs that are open'],
    ['tilescribe schedule delete nightly --yes', 'in a script'],
  ]);
}

/** Adds `schedule pause`, `resume`, `trigger` and `delete`. */
export function defineOrders(command: Command, io: Io): void {
  definePause(command.command('pause'), io);
  defineResume(command.command('resume'), io);
  defineTrigger(command.command('trigger'), io);
  defineDelete(command.command('delete'), io);
}

import { Command } from 'commander';
import { withPlainAddresses } from '../domain/shown-address.ts';
import { auditCommand } from './audit.ts';
import { backfillCommand } from './backfill.ts';
import { budgetCommand } from './budget.ts';
import { cleanCommand } from './clean.ts';
import type { CommandDefinition, Io } from './command.ts';
import { currentCommand } from './current.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { withExamples } from './examples.ts';
import { exportCommand } from './export.ts';
import { intakeCommand } from './intake.ts';
import { listCommand } from './list.ts';
import { localCommand } from './local.ts';
import { cancelCommand, pauseCommand, resumeCommand } from './orders.ts';
import { planCommand } from './plan.ts';
import { runCommand } from './run.ts';
import { retryCommand } from './retry.ts';
import { scheduleCommand } from './schedule.ts';
import { statusCommand } from './status.ts';
import { ownVersion } from './version.ts';
import { watchCommand } from './watch.ts';
import { workerCommand } from './worker.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandDefinition[] = [
  planCommand,
  runCommand,
  statusCommand,
  watchCommand,
  listCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  retryCommand,
  backfillCommand,
  scheduleCommand,
  auditCommand,
  cleanCommand,
  currentCommand,
  intakeCommand,
  exportCommand,
  budgetCommand,
  workerCommand,
  localCommand,
  demoCommand,
  doctorCommand,
];

export const EXIT_CODES =
  'Exit codes: 0 complete; 1 halted by failures, cancelled, or out of balance; 2 wrong usage, spec or configuration; 3 refused; 4 something needed cannot be reached; 130 interrupted.';
const ABOUT =
  'Captions and answers for millions of satellite image tiles in S3, on two GPUs and never a third, through Temporal.';
const HELP_WIDTH = 100;

function define(program: Command, definition: CommandDefinition, io: Io): void {
  const { name, summary, description = '' } = definition;
  const command = program.command(name).summary(summary);
  command.description(description === '' ? `${summary}.` : `${summary}.\n\n${description}`);
  command.showHelpAfterError(`See \`tilescribe ${name} --help\`.`);
  definition.define(command, io);
  withExamples(command, definition.examples);
}

function errorText(text: string): string {
  return text.startsWith('error: ') ? `tilescribe: ${text.slice('error: '.length).replace(/\n\((?=Did)/u, ' (')}` : text;
}

/** @returns the whole command line; nothing has run yet. Mistakes in usage are thrown as CommanderError. */
export function createProgram(io: Io): Command {
  const program = new Command('tilescribe');
  program
    .description(ABOUT)
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('See `tilescribe --help`.')
    .configureHelp({ helpWidth: HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(withPlainAddresses(errorText(text))),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    });
  for (const definition of COMMANDS) define(program, definition, io);
  return program.addHelpText('after', `\n${EXIT_CODES}`);
}

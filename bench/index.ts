import { Command, InvalidArgumentError, Option } from 'commander';
import { benchExport } from './export.ts';
import { benchPrepare } from './prepare.ts';
import { benchRun } from './run.ts';
import { RUN_DEFAULTS, type RunOptions } from './run-options.ts';

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function whole(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

function atLeastZero(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}

function numeric(flags: string, says: string, parse: (text: string) => number): Option {
  return new Option(flags, says).argParser(parse);
}

const program = new Command('bench').description('Figures of tilescribe on this machine, measured again.').showHelpAfterError();

program
  .command('prepare')
  .description('what preparing a tile costs')
  .action(() => benchPrepare());

program
  .command('export')
  .description('what writing records in another format costs, without S3')
  .addOption(numeric('--records <n>', 'in whole parts of 50,000', whole).default(1_000_000))
  .action((options: { readonly records: number }) => benchExport(options));

program
  .command('run')
  .description('a whole run against simulated services: Temporal, S3 and one worker on this machine')
  .addOption(numeric('--tiles <n>', 'tiles of 512 pixels', whole).default(RUN_DEFAULTS.tiles))
  .addOption(
    numeric('--tasks <n>', 'questions to each tile: a caption, an answer, and so on by turns', whole).default(RUN_DEFAULTS.tasks),
  )
  .addOption(numeric('--mean <seconds>', 'mean time of a job at a service', positive).default(RUN_DEFAULTS.mean))
  .addOption(numeric('--slots <n>', 'jobs that run at once at a service', whole).default(RUN_DEFAULTS.slots))
  .addOption(numeric('--admitted <n>', 'jobs that a service admits, running or queued', whole).default(RUN_DEFAULTS.admitted))
  .addOption(numeric('--s3-latency <ms>', 'added to every S3 request, 0 for none', atLeastZero).default(RUN_DEFAULTS.s3Latency))
  .option('--journal <file>', 'where to write everything that happened at the services, one event a line')
  .option('--json', 'the figures as one JSON object', false)
  .action((options: RunOptions) => benchRun(options));

/** A workflow's failure is told by its cause. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${sentenceOf(error.cause)}` : error.message;
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`bench: ${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
process.stdout.write('', () => process.exit());

import { Command, InvalidArgumentError, Option } from 'commander';
import { benchBurst } from './burst.ts';
import { BURST_DEFAULTS, type BurstOptions } from './burst-options.ts';
import { benchCurrent } from './current.ts';
import { benchExport } from './export.ts';
import { benchNight } from './night.ts';
import { NIGHT_DEFAULTS, type NightOptions } from './night-options.ts';
import type { OutputOptions } from './output-scene.ts';
import { benchPlan, type PlanOptions } from './plan.ts';
import { benchPrepare } from './prepare.ts';
import { benchRun } from './run.ts';
import { RUN_DEFAULTS, type RunOptions, type SceneOptions } from './run-options.ts';

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

/** Thousands, so that a hundredth and a twentieth of them are whole. */
function sizes(text: string): readonly number[] {
  const all = text.split(',').map(Number);
  if (!all.every((size) => Number.isInteger(size) && size > 0 && size % 1_000 === 0))
    throw new InvalidArgumentError('They must be whole thousands, as in 10000,100000.');
  return all;
}

function counts(text: string): readonly number[] {
  return text.split(',').map(whole);
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

function withOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--records <list>', 'of a run, in thousands; each size is measured')
        .argParser(sizes)
        .default([10_000, 100_000], '10000,100000'),
    )
    .addOption(numeric('--s3-latency <ms>', 'added to every S3 request, 0 for none', atLeastZero).default(RUN_DEFAULTS.s3Latency))
    .option('--profile <folder>', 'where to write a CPU profile of each');
}

withOutputOptions(program.command('plan'))
  .description('what a plan costs: time, memory, requests, with runs of so many records before it, and with many runs')
  .addOption(
    new Option('--nights <list>', 'runs before it, each of tiles of its own; each number is measured')
      .argParser(counts)
      .default([30, 90], '30,90'),
  )
  .addOption(numeric('--night-tiles <n>', 'tiles of each of these', whole).default(2_000))
  .action((options: PlanOptions) => benchPlan(options));

withOutputOptions(program.command('current'))
  .description('what the current view costs as runs of so many records come to it: time, memory, requests')
  .action((options: OutputOptions) => benchCurrent(options));

function withSceneOptions(command: Command, defaults: SceneOptions): Command {
  return command
    .addOption(numeric('--mean <seconds>', 'mean time of a job at a service', positive).default(defaults.mean))
    .addOption(numeric('--slots <n>', 'jobs that run at once at a service', whole).default(defaults.slots))
    .addOption(numeric('--admitted <n>', 'jobs that a service admits, running or queued', whole).default(defaults.admitted))
    .addOption(numeric('--s3-latency <ms>', 'added to every S3 request, 0 for none', atLeastZero).default(defaults.s3Latency))
    .option('--journal <file>', 'where to write everything that happened at the services, one event a line')
    .option('--json', 'the figures as one JSON object', false);
}

withSceneOptions(program.command('run'), RUN_DEFAULTS)
  .description('a whole run against simulated services: Temporal, S3 and one worker on this machine')
  .addOption(numeric('--tiles <n>', 'tiles of 512 pixels', whole).default(RUN_DEFAULTS.tiles))
  .addOption(
    numeric('--tasks <n>', 'questions to each tile: a caption, an answer, and so on by turns', whole).default(RUN_DEFAULTS.tasks),
  )
  .action((options: RunOptions) => benchRun(options));

withSceneOptions(program.command('night'), NIGHT_DEFAULTS)
  .description('a nightly run, a backfill and an interactive run of ten tiles at once, on two simulated GPUs')
  .addOption(numeric('--tiles <n>', 'tiles of the nightly run', whole).default(NIGHT_DEFAULTS.tiles))
  .addOption(numeric('--dates <n>', 'dates of the backfill, a run each', whole).default(NIGHT_DEFAULTS.dates))
  .addOption(numeric('--date-tiles <n>', 'tiles of each date', whole).default(NIGHT_DEFAULTS.dateTiles))
  .addOption(numeric('--at-once <n>', 'dates whose runs are open at once', whole).default(NIGHT_DEFAULTS.atOnce))
  .addOption(numeric('--scaledown <seconds>', 'how long an idle container stays', positive).default(NIGHT_DEFAULTS.scaledown))
  .action((options: NightOptions) => benchNight(options));

withSceneOptions(program.command('burst'), BURST_DEFAULTS)
  .description('objects whose events come all at once, one in twenty twice, to three intakes of which one is killed')
  .addOption(numeric('--events <n>', 'objects that are put', whole).default(BURST_DEFAULTS.events))
  .addOption(numeric('--pictures <n>', 'different ones among them', whole).default(BURST_DEFAULTS.pictures))
  .addOption(numeric('--batch <n>', 'tiles of a run', whole).default(BURST_DEFAULTS.batch))
  .action((options: BurstOptions) => benchBurst(options));

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

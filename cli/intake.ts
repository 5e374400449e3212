import { systemClock } from '../adapters/clock.ts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { Failure } from '../domain/failure.ts';
import { quantity } from '../domain/quantity.ts';
import { PRIORITIES, type RunSpec } from '../domain/spec.ts';
import { SECOND_MS } from '../domain/units.ts';
import type { IntakeEnd, IntakeSettings } from '../intake/ports.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { requireDeadLetterQueue } from './dead-letter-queue.ts';
import { withStores } from './stores.ts';
import { intakeRuns } from './intake-runs.ts';
import { readIntakeSpec, type IntakeSpecOptions } from './intake-spec.ts';
import { intakeLines } from './intake-text.ts';
import { catchInterrupts, type Interruption } from './interruption.ts';
import { wholeNumberFrom } from './option.ts';
import { queueUrl } from './queue-url.ts';
import { withRunClient } from './run-target.ts';
import type { Screen } from './screen.ts';
import { INTERRUPTED } from './verdict.ts';

interface IntakeOptions extends IntakeSpecOptions {
  readonly queue: string;
  readonly deadLetter?: string;
  readonly batch: number;
  readonly every: number;
  readonly runs: number;
  readonly once?: boolean;
}

interface Opened {
  readonly options: IntakeOptions;
  readonly settings: IntakeSettings;
  readonly screen: Screen;
}

const DEFAULTS = { batch: 1_000, every: 60, runs: 4 } as const;
/** What a run reads of its list is sorted in memory; it needs no more to keep two GPUs busy for hours. */
const BATCH_MAX = 25_000;

function batchSize(text: string): number {
  const tiles = wholeNumberFrom(1)(text);
  if (tiles <= BATCH_MAX) return tiles;
  throw new InvalidArgumentError(`Expected at most ${BATCH_MAX} tiles.`);
}

/** What is sent back to where it came from would come for ever. */
function requireTwoQueues({ queue, deadLetter }: IntakeOptions): void {
  if (queue !== deadLetter) return;
  throw new Failure('InvalidConfiguration', '--dead-letter is the queue that is read; give the URL of another one.');
}

async function settingsOf(spec: RunSpec, options: IntakeOptions, signal: AbortSignal): Promise<IntakeSettings> {
  const { eventFilter } = await import('../intake/filter.ts');
  const { batch, every, runs, once = false, deadLetter } = options;
  const filter = eventFilter(spec);
  return { spec, filter, batch, everyMs: every * SECOND_MS, runs, once, deadLetters: deadLetter !== undefined, signal };
}

function openingLine({ queue, batch, every }: IntakeOptions, { input, output }: RunSpec): string {
  return `events of ${input.uri} from ${queue} into ${output.uri}: a run for every ${quantity(batch, 'tile')}, or every ${every} s`;
}

async function takenIn({ options, settings, screen }: Opened): Promise<IntakeEnd> {
  const { openEventQueue } = await import('../adapters/sqs/queue.ts');
  const { takeIn } = await import('../intake/intake.ts');
  const queue = openEventQueue({ url: options.queue, deadLetterUrl: options.deadLetter ?? null });
  const { sseKmsKeyId } = settings.spec.output;
  try {
    return await withStores((stores) =>
      withRunClient((client) => {
        const encryption = sseKmsKeyId === undefined ? {} : { sseKmsKeyId };
        const output = { store: stores.output(encryption), pointers: stores.pointers(encryption) };
        const tell = (line: string): void => screen.line(line);
        tell(openingLine(options, settings.spec));
        return takeIn({ queue, ...output, runs: intakeRuns(client), clock: systemClock, tell }, settings);
      }),
    );
  } finally {
    queue.close();
  }
}

/** Ctrl-C is a person's, SIGTERM that of whoever runs it as a service. */
function exitCodeOf(interruption: Interruption): number {
  return interruption.caught() === 'SIGINT' ? INTERRUPTED : 0;
}

async function intake({ io, screen }: Session, _: readonly string[], options: IntakeOptions): Promise<number> {
  requireTwoQueues(options);
  const spec = await readIntakeSpec(options, io.stdin);
  const interruption = catchInterrupts();
  try {
    if (options.deadLetter !== undefined) await requireDeadLetterQueue(options.deadLetter);
    const settings = await settingsOf(spec, options, interruption.signal);
    const end = await takenIn({ options, settings, screen });
    if (!screen.json) for (const line of intakeLines(end)) screen.line(line);
    screen.result({ queue: options.queue, dataset: spec.dataset, ...end.counts, open_runs: end.open });
    return exitCodeOf(interruption);
  } finally {
    interruption.release();
  }
}

function withIntakeOptions(command: Command): Command {
  return withJson(
    command
      .requiredOption('--queue <url>', 'of the SQS queue that gets the events', queueUrl)
      .requiredOption('--spec <spec>', 'the path of a run spec, - for standard input, or s3://bucket/spec.json')
      .option(
        '--dead-letter <url>',
        'of the queue for messages that cannot be read; without it they are left to the redrive policy',
        queueUrl,
      )
      .option('--batch <n>', `start a run once so many tiles wait; at most ${BATCH_MAX}`, batchSize, DEFAULTS.batch)
      .option('--every <seconds>', 'start a run once a tile has waited so long', wholeNumberFrom(1), DEFAULTS.every)
      .option('--runs <n>', 'open at once at most; until one has ended nothing is received', wholeNumberFrom(1), DEFAULTS.runs)
      .option('--once', 'take in what is there, and end')
      .addOption(new Option('--priority <priority>', 'over that of the spec; where that says none, nightly').choices(PRIORITIES)),
  );
}

export const intakeCommand: CommandDefinition = {
  name: 'intake',
  summary: 'Turn the events of a bucket into runs, as objects come',
  description:
    'Reads S3 notifications from an SQS queue (straight, through SNS, from EventBridge) until SIGTERM or Ctrl-C. New objects within the filters of the spec become runs of its output, in batches; a message is removed from the queue once the run that owns its tiles has them in its frozen manifest. Duplicates, deletions and other keys are counted and dropped. Any number of intakes may read one queue. docs/events.md sets up the queue.',
  examples: [
    [
      'tilescribe intake --queue https://sqs.eu-central-1.amazonaws.com/123456789012/tiles --spec harbours.json',
      'caption what comes, for ever',
    ],
    [
      'tilescribe intake --queue https://sqs.eu-central-1.amazonaws.com/123456789012/tiles --dead-letter https://sqs.eu-central-1.amazonaws.com/123456789012/tiles-dead --spec s3://specs/harbours.json --batch 5000 --every 300',
      'fewer and larger runs; what cannot be read goes to another queue',
    ],
    [
      'tilescribe intake --queue https://sqs.eu-central-1.amazonaws.com/123456789012/tiles --spec harbours.json --once --json',
      'what is there now, from cron',
    ],
  ],
  define: (command, io) => void withIntakeOptions(command).action(action(io, intake)),
};

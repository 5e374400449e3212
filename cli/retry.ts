import { ERROR_CLASSES, ERROR_CODES, type ErrorClass, type ErrorCode } from '../domain/errors.ts';
import { nothingToRetry, retriedCount } from '../domain/retry.ts';
import { quantity } from '../domain/quantity.ts';
import { action, type CommandDefinition, type Session } from './command.ts';
import { outputAddress } from './finished-run.ts';
import { checkedConfiguration, launch, withLaunchOptions, type LaunchOptions } from './launch.ts';
import { collectedFrom } from './option.ts';
import { readRetried, retriedSpec, type RetriedRun } from './retried-run.ts';
import { openOutput } from './run-output.ts';
import { RUN_ARGUMENT } from './run-target.ts';
import type { Screen } from './screen.ts';

interface RetryOptions extends LaunchOptions {
  readonly code?: readonly ErrorCode[];
  readonly class?: readonly ErrorClass[];
}

async function retriedAt(address: string): Promise<RetriedRun> {
  const output = openOutput(address);
  try {
    return await readRetried(output);
  } finally {
    await output.close();
  }
}

function tellNothing({ runId, counts }: RetriedRun, told: { sentence: string; detach: boolean }, screen: Screen): number {
  const text = `${told.sentence}: nothing is started.`;
  // Where an id is waited for, none is printed.
  if (told.detach) screen.note(text);
  else screen.line(text);
  screen.result({ run_id: null, retry_of: runId, failed: 0, errors: counts });
  return 0;
}

/** A run that was cancelled, or whose window ended, has no record of what it had not begun. */
function tellUnfinished({ runId, counts, manifest }: RetriedRun, screen: Screen): void {
  const without = manifest.unfinished - (counts?.cancelled ?? 0);
  if (without <= 0 || counts === null) return;
  const ended = manifest.window_ended ? `the window of run ${runId} ended` : `run ${runId} was cancelled`;
  screen.note(`${ended} before ${quantity(without, 'task')} began; \`tilescribe run\` with its spec asks these too`);
}

async function retry(session: Session, [run = '']: readonly string[], options: RetryOptions): Promise<number> {
  const { screen, io } = session;
  const configuration = checkedConfiguration(io);
  const retried = await retriedAt(await outputAddress(run));
  const { code: codes, class: classes, priority, detach = false } = options;
  const wanted = { run: retried.runId, ...(codes && { codes }), ...(classes && { classes }) };
  const { counts } = retried;
  if (counts !== null && retriedCount(counts, wanted) === 0)
    return tellNothing(retried, { sentence: nothingToRetry(counts, wanted), detach }, screen);
  tellUnfinished(retried, screen);
  const spec = retriedSpec(retried, wanted, priority);
  return launch(session, { spec, configuration, options, named: `${spec.dataset}-retry` });
}

export const retryCommand: CommandDefinition = {
  name: 'retry',
  summary: 'Ask again what failed in a run, as a run of its own',
  description:
    'Of any run that has ended, with success or not: its spec, over the tiles that have a failure, each at its present etag. Only what failed is asked; every other task of these tiles is taken over as it is. Without --code and --class that is every failure, what was in flight when the run was cancelled too, and no skipped tile. Where nothing failed, nothing is started and the exit code is 0. The run is followed as `run` does. The codes: docs/errors.md.',
  examples: [
    ['tilescribe retry harbours-20260102T030405Z-a1b2', 'everything that failed'],
    [
      'tilescribe retry s3://results/harbours/run=harbours-20260102T030405Z-a1b2/ --code timeout --code lost',
      'only two kinds of failures, of a run that Temporal has forgotten',
    ],
    ['tilescribe retry harbours-20260102T030405Z-a1b2 --class service --detach', 'once the service works again'],
  ],
  define: (command, io) => {
    const about = command
      .argument('<run>', RUN_ARGUMENT)
      .option('--code <code>', 'only failures with this code; may be given again', collectedFrom(ERROR_CODES))
      .option(
        '--class <class>',
        `only failures of this class (${ERROR_CLASSES.join(', ')}); may be given again`,
        collectedFrom(ERROR_CLASSES),
      );
    withLaunchOptions(about, '<dataset>-retry').action(action(io, retry));
  },
};

import { cpus } from 'node:os';
import { Option, type Command } from 'commander';
import { inRun, runPlace, s3Uri } from '../domain/layout.ts';
import type { Configuration } from '../domain/service.ts';
import { PRIORITIES, type Priority, type RunSpec } from '../domain/spec.ts';
import { readSettings } from '../schema/settings.ts';
import { ownConfiguration } from './assumed.ts';
import { attend, startAttached, type AttachedRun } from './attached-run.ts';
import { withJson, type Io, type Session } from './command.ts';
import { leave } from './detached-run.ts';
import { checkedRunId, newRunId } from './run-id.ts';
import { readableFromHere } from './run-output.ts';
import { withRunClient } from './run-target.ts';
import { readManifest } from './stored-run.ts';

/** How a command starts a run and follows it, whatever the spec was made of. */

/** Options that every command has that starts a run. */
export interface LaunchOptions {
  readonly runId?: string;
  readonly priority?: Priority;
  readonly detach?: boolean;
}

export interface Launch {
  readonly spec: RunSpec;
  /** This command's own; workers may have another. */
  readonly configuration: Configuration;
  readonly options: LaunchOptions;
  /** What an id that nobody chose begins with. */
  readonly named: string;
}

const LOOK_WITHIN_MS = 5_000;

/** @param named what an id that nobody chose begins with. */
export function withLaunchOptions(command: Command, named: string): Command {
  return withJson(
    command
      .addOption(new Option('--priority <priority>', 'who goes first where runs share the services').choices(PRIORITIES))
      .option('--run-id <id>', `name the run; default: ${named}-<utc time>-<4 random>`)
      .option(
        '--detach',
        'print the run id, and nothing else on standard output, and return once its spec and its places have been checked',
      ),
  );
}

/** The command's environment, checked before anything is reached. @throws Failure `InvalidConfiguration` */
export function checkedConfiguration({ environment }: Io): Configuration {
  readSettings(environment, cpus().length);
  return ownConfiguration(environment);
}

/** @returns how the run ended before, where it has and that can be seen from here. */
async function stateBefore({ spec, options }: Launch, runId: string): Promise<string | null> {
  // An id that was made just now is nobody's.
  if (options.runId === undefined) return null;
  const uri = s3Uri(inRun(runPlace(spec.output.uri, runId), ''));
  const patience = new Promise<null>((resolve) => void setTimeout(resolve, LOOK_WITHIN_MS, null).unref());
  const manifest = await Promise.race([readableFromHere(uri, readManifest), patience]);
  return manifest?.state ?? null;
}

function startedText(runId: string, joined: boolean, before: string | null): string {
  if (joined) return `joined run ${runId}, which is open already`;
  if (before === null) return `started run ${runId}`;
  const anew = before === 'complete' ? '' : '; a run with another --run-id asks what it left';
  return `run ${runId} has ended before (${before}), and nothing of it is asked again: this is what it came to${anew}`;
}

async function start(launched: Launch, run: AttachedRun): Promise<number> {
  const { runId, screen } = run;
  const before = await stateBefore(launched, runId);
  const { joined } = await startAttached(run);
  const { detach = false } = launched.options;
  if (!detach || before !== null) screen.note(startedText(runId, joined, before));
  return detach ? leave(run) : attend(run);
}

/** Starts the run or joins it, and follows it unless it is to be left alone. @returns the exit code. @throws Failure */
export async function launch({ screen }: Session, launched: Launch): Promise<number> {
  const { spec, configuration, options, named } = launched;
  const runId = options.runId === undefined ? newRunId(named, Date.now(), Math.random) : checkedRunId(options.runId);
  return withRunClient(async (client) => start(launched, { client, runId, spec, configuration, screen }));
}

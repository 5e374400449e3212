import { cpus } from 'node:os';
import { type Command, Option } from 'commander';
import { PRIORITIES } from '../domain/spec.ts';
import { readSettings } from '../schema/settings.ts';
import { ownAssumptions, ownConfiguration } from './assumed.ts';
import { attend, startAttached, type AttachedRun } from './attached-run.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { collected, wholeNumberFrom } from './option.ts';
import { readRunSpec, type RunOptions } from './run-document.ts';
import { checkedRunId, newRunId } from './run-id.ts';
import { withRunClient } from './run-target.ts';

async function detach(started: AttachedRun): Promise<number> {
  const { client, runId, spec, configuration, screen } = started;
  if (screen.json) {
    const status = await client.status(runId);
    screen.result({ run_id: runId, state: status?.state ?? 'enumerating' });
    return 0;
  }
  for (const line of ownAssumptions(configuration, spec, null)) screen.line(line);
  screen.line(runId);
  return 0;
}

async function run({ io, screen }: Session, [text = '']: readonly string[], options: RunOptions): Promise<number> {
  readSettings(io.environment, cpus().length);
  const configuration = ownConfiguration(io.environment);
  const spec = await readRunSpec(text, options, io.stdin);
  const runId = options.runId === undefined ? newRunId(spec.dataset, Date.now(), Math.random) : checkedRunId(options.runId);
  return withRunClient(async (client) => {
    const started = { client, runId, spec, configuration, screen };
    const { joined } = await startAttached(started);
    if (options.detach === true) return detach(started);
    screen.note(joined ? `joined run ${runId}, which is open already` : `started run ${runId}`);
    return attend(started);
  });
}

function shortForm(command: Command): Command {
  return command
    .option('--out <s3-uri>', 'where results go (short form)')
    .option('--caption', 'ask for a caption of every tile (short form)')
    .option('--caption-prompt <text>', 'the same, with a prompt of your own (short form)')
    .option('--ask <question>', 'ask a question about every tile; may be given again (short form)', collected)
    .option('--dataset <name>', 'groups runs; default: the last segment of the input (short form)')
    .option('--include <glob>', 'only keys that match; may be given again (short form)', collected)
    .option('--exclude <glob>', 'no key that matches; may be given again (short form)', collected)
    .option('--limit <n>', 'at most so many tiles (short form)', wholeNumberFrom(1));
}

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Start a run, follow it, and say where its output is',
  description:
    'SPEC is the path of a run spec (docs/spec.md), - for standard input, or s3://bucket/prefix/ with the options of the short form. Starting a run id again with the same spec joins the run, or continues it. Ctrl-C detaches: the run goes on.',
  examples: [
    ['tilescribe run harbours.json', 'start what a spec asks'],
    [
      'tilescribe run s3://imagery/tiles/ --out s3://results/harbours/ --caption --ask "How many ships?"',
      'captions and one question, without a file',
    ],
    ['tilescribe run harbours.json --detach --json', 'start it and go, for a program'],
  ],
  define: (command, io) => {
    const long = command
      .argument('<spec>', 'a path, - or s3://…')
      .addOption(new Option('--priority <priority>', 'who goes first where runs share the services').choices(PRIORITIES))
      .option('--run-id <id>', 'name the run; default: <dataset>-<utc time>-<4 random>')
      .option('--detach', 'print the run id and return');
    withJson(shortForm(long)).action(action(io, run));
  },
};

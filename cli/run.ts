import type { Command } from 'commander';
import type { Configuration } from '../domain/service.ts';
import type { RunSpec } from '../domain/spec.ts';
import { action, type CommandDefinition, type Session } from './command.ts';
import { checkedConfiguration, launch, withLaunchOptions } from './launch.ts';
import { readPlannedSpec } from './planned-run.ts';
import { readRunSpec, requireNothingAsked, type RunOptions } from './run-document.ts';
import { withSpecOptions } from './spec-options.ts';
import { INTERRUPTED } from './verdict.ts';

interface PlannableOptions extends RunOptions {
  /** The path of a plan, in place of SPEC. */
  readonly plan?: string;
}

interface Asked {
  readonly text: string;
  readonly options: PlannableOptions;
  readonly configuration: Configuration;
}

async function specOf({ io, screen }: Session, { text, options, configuration }: Asked): Promise<RunSpec | null> {
  const { plan: file, priority } = options;
  if (file === undefined) return readRunSpec(text, options, io.stdin);
  requireNothingAsked(text, options);
  return readPlannedSpec({ file, priority, configuration, screen });
}

async function run(session: Session, [text = '']: readonly string[], options: PlannableOptions): Promise<number> {
  const configuration = checkedConfiguration(session.io);
  const spec = await specOf(session, { text, options, configuration });
  if (spec === null) return INTERRUPTED;
  return launch(session, { spec, configuration, options, named: spec.dataset });
}

/** SPEC may be left out for --plan alone. */
function requireSpec(command: Command): Command {
  return command.hook('preAction', (_, { args }) => {
    const { plan } = command.opts<PlannableOptions>();
    if (args.length === 0 && plan === undefined) command.error("error: missing required argument 'spec'");
  });
}

export const runCommand: CommandDefinition = {
  name: 'run',
  summary: 'Start a run, follow it, and say where its output is',
  description:
    'SPEC is the path of a run spec (docs/spec.md), s3://bucket/key.json of one, - for standard input, or s3://bucket/prefix/ with the options of the short form. What earlier runs of the same output have answered is taken over; `tilescribe plan` says what is left to ask. Starting a run id again with the same spec joins the run, or continues it; with another spec it is refused, unless that run could not begin. Ctrl-C detaches: the run goes on.',
  examples: [
    ['tilescribe run harbours.json', 'start what a spec asks'],
    [
      'tilescribe run s3://imagery/tiles/ --out s3://results/harbours/ --caption --ask "How many ships?"',
      'captions and one question, without a file',
    ],
    ['tilescribe run harbours.json --sample 50', 'look at fifty tiles first; a run of all of them pays for none of these again'],
    ['tilescribe run --plan plan.json', 'start exactly what `tilescribe plan` has shown, or say what has changed since'],
    ['tilescribe run harbours.json --detach --json', 'start it and go, for a program'],
  ],
  define: (command, io) => {
    const spec = requireSpec(command).argument('[spec]', 'a path, - or s3://…; left out with --plan');
    const planned = spec.option('--plan <file>', 'in place of SPEC: a plan that was saved, refused where the world has changed');
    withLaunchOptions(withSpecOptions(planned), '<dataset>').action(action(io, run));
  },
};

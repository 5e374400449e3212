import type { Plan } from '../domain/plan.ts';
import { shellWord } from '../domain/shell-word.ts';
import { forTerminal } from '../domain/terminal.ts';
import { action, withJson, type CommandDefinition, type Session } from './command.ts';
import { fileTarget } from './export-file.ts';
import { checkedConfiguration } from './launch.ts';
import { planNow } from './planning.ts';
import { planLines } from './plan-text.ts';
import { readRunSpec, type RunOptions } from './run-document.ts';
import { withSpecOptions } from './spec-options.ts';
import { INTERRUPTED } from './verdict.ts';

interface PlanOptions extends RunOptions {
  readonly save?: string;
  readonly force?: boolean;
}

const SAME_WITH_RUN = 'the same command with run in place of plan';

/** @returns the command that does what the plan says. */
function nextCommand(spec: string, { save, out, sample, date, all }: PlanOptions): string {
  if (save !== undefined) return `tilescribe run --plan ${shellWord(save)}`;
  if (spec === '-' || out !== undefined) return SAME_WITH_RUN;
  const options = [
    ...(sample === undefined ? [] : [`--sample ${sample}`]),
    ...(date === undefined ? [] : [`--date ${shellWord(date)}`]),
    ...(all === true ? ['--all'] : []),
  ];
  return ['tilescribe run', shellWord(spec), ...options].join(' ');
}

async function* documentOf(document: Plan): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
}

async function plan({ io, screen }: Session, [text = '']: readonly string[], options: PlanOptions): Promise<number> {
  const configuration = checkedConfiguration(io);
  const spec = await readRunSpec(text, options, io.stdin);
  const { save, force = false } = options;
  const target = save === undefined ? null : await fileTarget(save, force, '--save');
  const found = await planNow({ spec, configuration, screen });
  if (found === null) return INTERRUPTED;
  await target?.take(documentOf(found));
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const view = { paint: screen.paint, timeZone, next: nextCommand(text, options) };
  if (!screen.json) for (const line of planLines(found, view)) screen.line(line);
  if (target !== null) screen.note(`saved: ${forTerminal(target.name)}`);
  screen.result(found);
  return 0;
}

export const planCommand: CommandDefinition = {
  name: 'plan',
  summary: 'Say what a run would do, why, and what it would cost',
  description:
    'Lists the input and compares it with what earlier runs of the same output recorded; no model is asked, and nothing is written. SPEC is as for `tilescribe run`. States: NEW, CHANGED (the object), STALE (prompt, parameters, preparation, model), FAILED, DONE; IGNORED are keys that are no tiles. Times and GPU hours come from what earlier runs of the output measured. A plan that was saved can be run as it stands, with `tilescribe run --plan FILE`. docs/costs.md says how to read it.',
  examples: [
    ['tilescribe plan harbours.json', 'what is owed, why, and what it takes'],
    [
      'tilescribe plan harbours.json --save plan.json',
      'to be run with `tilescribe run --plan plan.json`, if the world stays as it is',
    ],
    ['tilescribe plan s3://imagery/tiles/ --out s3://results/harbours/ --caption --json', 'without a spec file, for a program'],
  ],
  define: (command, io) => {
    const spec = command.argument('<spec>', 'a path, - or s3://…');
    const saved = withSpecOptions(spec)
      .option('--save <file>', 'write the plan into a file, for `tilescribe run --plan`')
      .option('--force', 'replace a file that is there');
    withJson(saved).action(action(io, plan));
  },
};

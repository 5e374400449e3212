import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import type { Io } from '../../cli/command.ts';
import { COMMANDS, createProgram } from '../../cli/program.ts';

const SCHEDULE = ['create', 'list', 'describe', 'pause', 'resume', 'trigger', 'delete'].map((order) => ['schedule', order]);
const INNER = [['budget', 'set'], ['local', 'up'], ['local', 'services'], ...SCHEDULE];
const PATHS = [[], ...COMMANDS.map(({ name }) => [name]), ...INNER];

/** @returns what the command line prints for `--help`. */
async function helpOf(path: readonly string[]): Promise<string> {
  let text = '';
  const stream = { write: (more: string) => void (text += more) };
  const stdin = (async function* nothing() {})();
  const io: Io = { stdin, stdout: stream, stderr: stream, environment: {}, ended: () => undefined };
  const parsed = createProgram(io).parseAsync([...path, '--help'], { from: 'user' });
  await expect(parsed).rejects.toBeInstanceOf(CommanderError);
  return text;
}

it('every command explains itself, with examples', async () => {
  const texts: string[] = [];
  for (const path of PATHS) texts.push(`$ ${['tilescribe', ...path, '--help'].join(' ')}\n${await helpOf(path)}`);
  await expect(texts.join('\n')).toMatchFileSnapshot('golden/help.txt');
});

it.each(COMMANDS.map(({ name, examples }) => [name, examples] as const))(
  'every example of %s is an invocation of it',
  (name, examples) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const [line] of examples) expect(line).toMatch(new RegExp(`^tilescribe ${name}\\b`, 'u'));
  },
);

import { CommanderError, type Command } from 'commander';
import { expect, it } from 'vitest';
import type { Io } from '../../cli/command.ts';
import { createProgram } from '../../cli/program.ts';

type Path = readonly string[];

function ioOf(write: (more: string) => void): Io {
  const stdin = (async function* nothing() {})();
  return { stdin, stdout: { write }, stderr: { write }, environment: {}, ended: () => undefined };
}

/** @returns the names of all commands inside a command, outer ones first. */
function innerOf({ commands }: Command, path: Path = []): Path[] {
  return commands.flatMap((inner) => [[...path, inner.name()], ...innerOf(inner, [...path, inner.name()])]);
}

const ALL = innerOf(createProgram(ioOf(() => undefined)));
/** Commands first, then those inside of them. */
const PATHS: readonly Path[] = [[], ...ALL.toSorted((a, b) => a.length - b.length)];

/** @returns what the command line prints for `--help`. */
async function helpOf(path: Path): Promise<string> {
  let text = '';
  const io = ioOf((more) => void (text += more));
  const parsed = createProgram(io).parseAsync([...path, '--help'], { from: 'user' });
  await expect(parsed).rejects.toBeInstanceOf(CommanderError);
  return text;
}

it('every command explains itself, with examples', async () => {
  const texts: string[] = [];
  for (const path of PATHS) texts.push(`$ ${['tilescribe', ...path, '--help'].join(' ')}\n${await helpOf(path)}`);
  await expect(texts.join('\n')).toMatchFileSnapshot('golden/help.txt');
});

it.each(ALL.map((path) => [path.join(' '), path] as const))('every example of %s is an invocation of it', async (name, path) => {
  const [, examples = ''] = (await helpOf(path)).split('\nExamples:\n');
  const lines = examples.split('\n').filter((line) => /^ {2}\S/u.test(line));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line).toMatch(new RegExp(`^ {2}tilescribe ${name}\\b`, 'u'));
});

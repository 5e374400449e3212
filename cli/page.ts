import type { Command } from 'commander';
import type { CommandDefinition, Io } from './command.ts';
import { examplesOf, type Examples } from './examples.ts';
import { COMMANDS, createProgram, EXIT_CODES } from './program.ts';

/** docs/cli.md, made from the definitions that parse the command line. `npm run docs` writes it. */

const NOWHERE: Io = {
  stdin: (async function* nothing() {})(),
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  environment: {},
  ended: () => undefined,
};

const INTRODUCTION = `People get colours and live lines at a terminal (not where NO_COLOR is set) and plain lines in a pipe; \`--json\` prints one JSON object on standard output. Mistakes are one sentence on standard error, after \`tilescribe: \`. ${EXIT_CODES}

Where Temporal, S3 and the services are is read from the environment: [configuration.md](configuration.md).`;

function cell(text: string): string {
  return text
    .replaceAll('|', String.raw`\|`)
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/gu, ' ');
}

function rows(command: Command): string[] {
  const help = command.createHelp();
  const parameters = command.registeredArguments.map((argument) => [`\`${argument.name()}\``, cell(argument.description)]);
  const options = help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((option) => [`\`${option.flags}\``, cell(help.optionDescription(option))]);
  return [...parameters, ...options].map((row) => `| ${row.join(' | ')} |`);
}

function exampleBlock(examples: Examples): string {
  return ['```sh', ...examples.map(([line, does]) => `${line}   # ${does}`), '```'].join('\n');
}

function section(command: Command, path: string, level: string): string[] {
  const table = rows(command);
  const usage = [path, command.usage()].join(' ').replace('[options] [command]', '<command>').trim();
  return [
    `${level} ${path}`,
    `\`${usage}\``,
    command.description(),
    ...(table.length === 0 ? [] : [['| | |', '| --- | --- |', ...table].join('\n')]),
    ...command.commands.flatMap((inner) => [
      ...section(inner, `${path} ${inner.name()}`, `${level}#`),
      exampleBlock(examplesOf(inner)),
    ]),
  ];
}

function shown({ examples, printed }: CommandDefinition): string[] {
  const lines = exampleBlock(examples);
  return printed === undefined ? [lines] : [lines, `\`\`\`text\n${printed}\n\`\`\``];
}

/** @returns docs/cli.md. */
export function cliPage(): string {
  const program = createProgram(NOWHERE);
  const sections = COMMANDS.flatMap((definition) => {
    const command = program.commands.find((known) => known.name() === definition.name);
    return command === undefined ? [] : [...section(command, `tilescribe ${definition.name}`, '##'), ...shown(definition)];
  });
  const blocks = [
    '# Command line',
    '<!-- Made by `npm run docs` from the code that reads the command line. -->',
    INTRODUCTION,
    ...sections,
  ];
  return `${blocks.join('\n\n')}\n`;
}

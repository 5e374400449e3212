import type { Command } from 'commander';

/** Invocations of a command, each with what it does. */
export type Examples = readonly (readonly [command: string, does: string])[];

const EXAMPLES = new WeakMap<Command, Examples>();

/** Adds examples to a command's help. */
export function withExamples(command: Command, examples: Examples): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.map(([line, does]) => `  ${line}\n      ${does}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** @returns the examples of a command, for the reference. */
export function examplesOf(command: Command): Examples {
  return EXAMPLES.get(command) ?? [];
}

#!/usr/bin/env node
import { CommanderError } from 'commander';
import { problemOf } from './problem.ts';
import { createProgram } from './program.ts';

const WRONG_USAGE = 2;

/** A reader that has seen enough (`| head`) is no mistake. */
function quietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

function exitCodeOfUsage(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : WRONG_USAGE;
}

async function main(): Promise<number> {
  let exitCode = 0;
  const { stdin, stdout, stderr, env: environment } = process;
  const program = createProgram({ stdin, stdout, stderr, environment, ended: (code) => void (exitCode = code) });
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return exitCodeOfUsage(error);
    const problem = problemOf(error);
    stderr.write(`tilescribe: ${problem.sentence}\n`);
    return problem.exitCode;
  }
}

process.stdout.on('error', quietly);
process.stderr.on('error', quietly);
process.exitCode = await main();
// Whatever a library still holds open (a connection being closed) is nothing that a person should wait for.
process.stdout.write('', () => process.exit());

import type { Command } from 'commander';
import type { Examples } from './examples.ts';
import { createScreen, type Screen, type Stream } from './screen.ts';

/** What a command reaches of the world. */
export interface Io {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes the exit code of the command that ran. */
  readonly ended: (exitCode: number) => void;
}

/** One command of the table. */
export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** More than the summary, for `--help` and the reference. */
  readonly description?: string;
  readonly examples: Examples;
  /** What the first examples printed on a real system, for the reference. */
  readonly printed?: string;
  /** Adds arguments, options and what is done. */
  readonly define: (command: Command, io: Io) => void;
}

/** What every command gets: where to write, and the environment. */
export interface Session {
  readonly io: Io;
  readonly screen: Screen;
}

interface JsonOption {
  readonly json?: boolean;
}

/**
 * @param act returns the exit code.
 * @returns an action for commander that gives `act` a screen and passes its exit code on.
 */
export function action(
  io: Io,
  act: (session: Session, args: readonly string[], options: never) => Promise<number>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    // Commander passes the arguments, the options and the command itself; an option that a command shares with one
    // inside it is the outer one's.
    const options = (given.at(-1) as Command).optsWithGlobals<JsonOption>();
    const args = given.slice(0, -2).filter((argument) => typeof argument === 'string');
    const { stdout, stderr, environment } = io;
    const screen = createScreen({ stdout, stderr, environment, json: options.json === true });
    io.ended(await act({ io, screen }, args, options as never));
  };
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print one JSON object on standard output, and nothing else');
}

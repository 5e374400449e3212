import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from '../environment.ts';

/** A program that is on this machine: what to execute, with what before its own arguments and in its environment. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Where to look and whom to tell. */
export interface Surroundings {
  readonly environment: Environment;
  /** Called with one line for people whenever something begins, takes long or goes wrong. */
  readonly progress: (line: string) => void;
  /** How often a step that takes long says so; 15 s unless told. */
  readonly heartbeatMs?: number;
}

/** One way to install a program. */
export interface Way {
  /** For people, as the start of a line: `Downloading Temporal 1.5.1`. */
  readonly title: string;
  /** Fills `directory`, which is empty. @throws an Error whose message says in one sentence why it did not work. */
  install(directory: string, surroundings: Surroundings): Promise<void>;
}

/** How a program is found and, where it is not, installed. */
export interface Recipe {
  readonly name: string;
  readonly version: string;
  /** The name to look for on PATH. */
  readonly executable: string;
  /** Tried in this order. */
  readonly ways: readonly Way[];
  /** One sentence: what to do where no way works. */
  readonly byHand: string;
  /** @returns the program inside a directory that a way has filled, or null where it is not there. */
  locate(directory: string, environment: Environment): Promise<Program | null>;
}

/** A program that needs nothing but its own path. */
export function plain(command: string): Program {
  return { command, args: [], environment: {} };
}

/** @returns the path where it is an executable file, else null. */
export async function executableAt(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? path : null;
  } catch {
    return null;
  }
}

/** @returns the first executable of that name on PATH, or null. */
export async function findOnPath(executable: string, environment: Environment): Promise<string | null> {
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  for (const directory of directories) {
    const found = await executableAt(join(directory, executable));
    if (found !== null) return found;
  }
  return null;
}

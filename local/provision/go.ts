import type { Environment } from '../environment.ts';
import { runInstaller } from './command.ts';
import { executableAt, plain, type Program, type Way } from './program.ts';

/**
 * Builds a program with the Go toolchain, which checks every module against the public checksum database.
 * @param target import path and version, `example.com/program/cmd/program@v1.0.0`.
 */
export function goInstall(title: string, target: string): Way {
  return {
    title,
    install: (directory, { environment }) => runInstaller('go', ['install', target], { ...environment, GOBIN: directory }),
  };
}

/** @returns how a single binary is found in the directory that it was installed into. */
export function locateBinary(name: string): (directory: string, environment: Environment) => Promise<Program | null> {
  return async (directory) => {
    const found = await executableAt(`${directory}/${name}`);
    return found === null ? null : plain(found);
  };
}

import { dirname } from 'node:path';
import { provision } from '../../local/provision/provision.ts';
import { temporalRecipe } from '../../local/provision/temporal.ts';
import { startCommand, type Ended } from './command.ts';
import type { Scene } from './scene.ts';

/** @returns what runs a line of a shell with the real `temporal` command, in the directory and the namespace of a scene. */
export async function temporalCommand({ directory, environment }: Scene): Promise<(line: string) => Promise<Ended>> {
  const program = await provision(temporalRecipe(), { environment: process.env, progress: () => undefined });
  const own = { ...environment, PATH: `${dirname(program.command)}:${process.env['PATH'] ?? ''}` };
  return async (line) => (await startCommand('/bin/sh', ['-c', `cd '${directory}' && ${line}`], own)).ended;
}

import { SECOND_MS } from '../../domain/units.ts';
import { startChild } from '../child.ts';
import type { Environment } from '../environment.ts';
import type { Surroundings } from './program.ts';

const HEARTBEAT_MS = 15 * SECOND_MS;
const TAIL_CHARACTERS = 600;

/** Says every 15 s that `title` goes on, while `work` does. */
export async function withHeartbeat<T>(title: string, surroundings: Surroundings, work: () => Promise<T>): Promise<T> {
  const { progress, heartbeatMs = HEARTBEAT_MS } = surroundings;
  const began = Date.now();
  const beating = setInterval(() => {
    progress(`${title}: still busy after ${Math.round((Date.now() - began) / SECOND_MS)} s`);
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}

/**
 * Runs an installer to its end.
 * @throws an Error of one sentence: there is no such program, or its exit code and the end of what it wrote.
 */
export async function runInstaller(command: string, args: readonly string[], environment: Environment): Promise<void> {
  const defined = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { child, closed } = await startChild({
    command,
    args,
    environment: Object.fromEntries(defined),
    stdio: ['ignore', 'pipe', 'pipe'],
  }).catch((cause: unknown) => {
    throw new Error(`${command} is not on this machine`, { cause });
  });
  let tail = '';
  const keep = (chunk: Buffer): void => void (tail = (tail + chunk.toString()).slice(-TAIL_CHARACTERS));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const code = await closed;
  if (code !== 0)
    throw new Error(`${command} ${args[0]} ended with ${code === null ? 'a signal' : `exit code ${code}`}: ${tail.trim()}`);
}

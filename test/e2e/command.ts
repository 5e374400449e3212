import { fileURLToPath } from 'node:url';
import { startChild, stopChild } from '../../local/child.ts';

/** A command that has ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Invocation {
  readonly ended: Promise<Ended>;
  /** What it has printed on standard output so far. */
  stdout(): string;
  /** The same of standard error. */
  stderr(): string;
  /** Ctrl-C. */
  interrupt(): void;
  /** What a service manager sends. */
  terminate(): void;
  kill(): Promise<void>;
}

/** The command as it is built, which is what users run. */
const TILESCRIBE = fileURLToPath(new URL('../../dist/cli/index.js', import.meta.url));

/** Starts a program; nothing of this process's environment is passed on. */
export async function startCommand(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Invocation> {
  const started = await startChild({ command, args, environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  started.child.stdout?.on('data', (chunk: Buffer) => void (texts.stdout += chunk.toString()));
  started.child.stderr?.on('data', (chunk: Buffer) => void (texts.stderr += chunk.toString()));
  return {
    ended: started.closed.then((exitCode) => ({ exitCode, ...texts })),
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    interrupt: () => void started.child.kill('SIGINT'),
    terminate: () => void started.child.kill('SIGTERM'),
    kill: () => stopChild(started, 0),
  };
}

/** Starts `tilescribe` with these arguments. */
export async function startTilescribe(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Invocation> {
  return startCommand(process.execPath, [TILESCRIBE, ...args], environment);
}

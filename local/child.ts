import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for its standard input to close, which the kernel does when the parent is gone, however it went; then ends
 * the child's group, politely and after three seconds by force.
 */
const GUARD = 'read -r _; kill -s TERM -- "-$1" && sleep 3 && kill -s KILL -- "-$1"';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The complete environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
  readonly directory?: string;
}

/** A child process in a group of its own, so that Ctrl-C reaches the parent alone, which then closes in order. */
export interface Child {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with the exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** The same, once its output has been read to the end as well. */
  readonly closed: Promise<number | null>;
}

/** @throws what `spawn` throws, where the command cannot be started (`code` `ENOENT`: there is no such program). */
export async function startChild({ command, args, environment, stdio, directory }: ChildOptions): Promise<Child> {
  const child = spawn(command, args, { env: environment, stdio, detached: true, ...(directory && { cwd: directory }) });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  await once(child, 'spawn');
  const pid = child.pid as number;
  guard(pid, exited);
  return { child, pid, exited, closed };
}

/** Whatever becomes of this process, SIGKILL included, its child ends too. */
function guard(pid: number, exited: Promise<unknown>): void {
  const sentry = spawn('/bin/sh', ['-c', GUARD, 'guard', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  sentry.unref();
  sentry.on('error', () => {});
  void exited.then(() => sentry.kill('SIGKILL'));
}

/**
 * SIGTERM, then SIGKILL when `graceMs` have passed; at once where `graceMs` is 0. The whole group is ended.
 * @returns when the child is gone.
 */
export async function stopChild({ pid, exited }: Child, graceMs: number): Promise<void> {
  signalGroup(pid, graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

/** A group that is gone already is what was wanted. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

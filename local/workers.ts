import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure } from '../domain/failure.ts';
import { SECOND_MS } from '../domain/units.ts';
import { type Child, startChild, stopChild } from './child.ts';
import { childEnvironment } from './environment.ts';

/** What a worker logs, as one line of JSON on its standard output, when it takes work. */
const READY = /^\{"level":.*"msg":"Worker:Ready"/m;
const READY_WITHIN_MS = 60 * SECOND_MS;
const GRACE_MS = 60 * SECOND_MS;
const TAIL_CHARACTERS = 4_000;

export interface WorkerOptions {
  /** That of the stack, and the worker's own settings; AWS and Temporal variables of this process are not passed on. */
  readonly environment: Readonly<Record<string, string>>;
  /** As for `--role`: `workflows,io`; all of them unless told. */
  readonly roles?: string;
  /** Where its log goes: our own standard error, or the end of a file. `inherit` unless told. */
  readonly stderr?: 'inherit' | { readonly file: string };
  /** The program to run instead of the built command, with its arguments. */
  readonly entry?: readonly string[];
  /** 60 s unless told. */
  readonly readyWithinMs?: number;
}

export interface WorkerChild {
  readonly pid: number;
  /** Resolves with the exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM: it drains and ends; SIGKILL where that takes more than a minute. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
}

/**
 * Starts a worker as a child process and waits until it takes work.
 * @throws Failure `Unreachable` with the end of its log, where it ends or is not ready in time.
 */
export async function startWorker(options: WorkerOptions): Promise<WorkerChild> {
  const child = await startChild({
    command: process.execPath,
    args: [...(options.entry ?? [builtCommand(), 'worker']), ...(options.roles === undefined ? [] : ['--role', options.roles])],
    environment: childEnvironment(process.env, options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = forwardLog(child, options.stderr ?? 'inherit');
  const state = await whenReady(child, log, options.readyWithinMs ?? READY_WITHIN_MS);
  if (state !== 'ready') {
    await stopChild(child, 0);
    throw new Failure(
      'Unreachable',
      `The worker did not start: ${state}. Its log ends:\n${log.tail() || '(nothing was written)'}`,
    );
  }
  return { pid: child.pid, exited: child.exited, stop: () => stopChild(child, GRACE_MS), kill: () => stopChild(child, 0) };
}

/** The command as `npm run build` makes it, seen from the source as well as from the build. */
export function builtCommand(): string {
  const here = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(here.endsWith('.ts') ? '../dist/cli/index.js' : '../cli/index.js', import.meta.url));
}

interface Log {
  readonly ready: Promise<void>;
  tail(): string;
}

function forwardLog({ child, closed }: Child, target: 'inherit' | { readonly file: string }): Log {
  const write = target === 'inherit' ? (chunk: Buffer) => process.stderr.write(chunk) : fileWriter(target.file, closed);
  let tail = '';
  const ready = new Promise<void>((resolve) => {
    const keep = (chunk: Buffer): void => {
      write(chunk);
      tail = (tail + chunk.toString()).slice(-TAIL_CHARACTERS);
      if (READY.test(tail)) resolve();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  });
  return { ready, tail: () => tail.trim() };
}

function fileWriter(path: string, closed: Promise<unknown>): (chunk: Buffer) => void {
  const file = openSync(path, 'a');
  void closed.then(() => closeSync(file));
  return (chunk) => void writeSync(file, chunk);
}

/** @returns `ready`, or a clause that says why not. */
async function whenReady(child: Child, log: Log, withinMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`it was not ready within ${withinMs / SECOND_MS} s`), withinMs);
  });
  const ended = child.closed.then((code) => `it ended with ${code === null ? 'a signal' : `exit code ${code}`}`);
  const state = await Promise.race([log.ready.then(() => 'ready'), ended, late]);
  clearTimeout(timer);
  return state;
}

import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.ts';
import { SECOND_MS } from '../domain/units.ts';
import { type Child, startChild, stopChild } from './child.ts';
import { childEnvironment } from './environment.ts';
import type { Program } from './provision/program.ts';

const LOOK_EVERY_MS = 50;
const LOOK_WITHIN_MS = 5 * SECOND_MS;
const TAIL_LINES = 20;

export interface ServerOptions {
  /** As people call it: `Temporal`. */
  readonly name: string;
  readonly program: Program;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Answers 200 once the server can be used, and not before. */
  readonly healthUrl: string;
  /** Both output streams go there. */
  readonly logFile: string;
  /** 15 s unless told. */
  readonly readyWithinMs?: number;
  /** From SIGTERM to SIGKILL; 5 s unless told. 0 kills at once: right where nothing is kept. */
  readonly graceMs?: number;
}

/** A server that belongs to this process. */
export interface Server {
  readonly pid: number;
  readonly close: () => Promise<void>;
}

/**
 * Starts a server and waits until it can be used.
 * @throws Failure `Unreachable` with the end of the server's own log, where it ends or is not ready in time.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const child = await launch(options);
  const state = await whenReady(child, options);
  if (state !== 'ready') {
    await stopChild(child, 0);
    throw new Failure('Unreachable', `${options.name} did not start: ${state}. Its log ends:\n${await tail(options.logFile)}`);
  }
  return { pid: child.pid, close: () => stopChild(child, options.graceMs ?? 5 * SECOND_MS) };
}

async function launch({ name, program, args, environment, logFile }: ServerOptions): Promise<Child> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    return await startChild({
      command: program.command,
      args: [...program.args, ...args],
      environment: childEnvironment(process.env, { ...program.environment, ...environment }),
      stdio: ['ignore', log, log],
    });
  } catch (cause) {
    throw new Failure('Unreachable', `${name} cannot be started from ${program.command}: ${(cause as Error).message}.`, {
      cause,
    });
  } finally {
    closeSync(log);
  }
}

/** @returns `ready`, or a clause that says why not. */
async function whenReady({ child }: Child, { healthUrl, readyWithinMs = 60 * SECOND_MS }: ServerOptions): Promise<string> {
  const deadline = Date.now() + readyWithinMs;
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!hasEnded() && Date.now() < deadline) {
    // A server of the same kind on the same port would answer for ours, which is about to end: hence the second look.
    if ((await answers(healthUrl)) && !hasEnded()) return 'ready';
    await sleep(LOOK_EVERY_MS);
  }
  if (!hasEnded()) return `${healthUrl} did not answer within ${readyWithinMs / SECOND_MS} s`;
  return `it ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`;
}

/** @returns whether a GET of `url` is answered with 200 in time. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: LOOK_WITHIN_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(false));
  });
}

async function tail(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
  return lines.slice(-TAIL_LINES).join('\n') || '(nothing was written)';
}

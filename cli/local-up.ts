import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { quoted } from '../domain/shell-word.ts';
import type { Stack } from '../local/stack.ts';
import type { Session } from './command.ts';
import { aborted, catchInterrupts } from './interruption.ts';
import { createOwnBuckets, requireNamedTemporal } from './named-servers.ts';
import { startLocalWorker, startSimulation, systemEnvironment } from './local-system.ts';
import type { Screen } from './screen.ts';
import { createTeardown, type Teardown } from './teardown.ts';

/** What `local up` was given. */
export interface LocalUpOptions {
  readonly directory: string;
  readonly temporalPort?: number;
  readonly uiPort?: number;
  readonly s3Port?: number;
  readonly worker: boolean;
  readonly services: boolean;
}

const BUCKETS = ['tiles', 'results'];
const KEEP_ALIVE_MS = 60_000;

interface Starting {
  readonly screen: Screen;
  readonly teardown: Teardown;
}

async function startServers(options: LocalUpOptions, { screen, teardown }: Starting): Promise<Stack> {
  await requireNamedTemporal();
  const { startStack } = await import('../local/stack.ts');
  const { directory, temporalPort, uiPort, s3Port } = options;
  const ports = {
    ...(temporalPort === undefined ? {} : { temporal: temporalPort }),
    ...(uiPort === undefined ? {} : { ui: uiPort }),
    ...(s3Port === undefined ? {} : { s3: s3Port }),
  };
  const stack = await startStack({ directory, ui: true, ports, progress: (line) => screen.note(line) });
  teardown.add(stack.close);
  await createOwnBuckets(stack.s3, BUCKETS);
  return stack;
}

/** @returns the lines that lead a shell to the system. */
export function exportLines(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
}

interface Up {
  readonly stack: Stack;
  readonly environment: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

async function startAll(options: LocalUpOptions, { screen }: Session, teardown: Teardown): Promise<Up> {
  const directory = resolve(options.directory);
  const stack = await startServers(options, { screen, teardown });
  const system = options.services ? await startSimulation({}, directory) : null;
  if (system !== null) teardown.add(() => system.simulated.close());
  const environment = systemEnvironment(stack, system?.servicesFile ?? null);
  const lines = [
    `Temporal  ${stack.temporal.address}${stack.temporal.uiUrl === null ? '' : `, UI ${stack.temporal.uiUrl}`}`,
    `S3        ${stack.s3.endpoint}, buckets ${BUCKETS.join(' and ')}`,
    ...Object.entries(system?.simulated.services ?? {}).map(([name, { baseUrl }]) => `${name.padEnd(9)} ${baseUrl} (simulated)`),
  ];
  if (!options.worker) return { stack, environment, lines };
  const logFile = join(directory, 'log', 'worker.log');
  await mkdir(join(directory, 'log'), { recursive: true });
  const worker = await startLocalWorker(environment, logFile);
  let stopping = false;
  teardown.add(() => {
    stopping = true;
    return worker.stop();
  });
  const tell = (code: number | null): void =>
    screen.note(`tilescribe: the worker has ended (${code ?? 'by a signal'}); its log is ${logFile}`);
  void worker.exited.then((code) => (stopping ? undefined : tell(code)));
  return { stack, environment, lines: [...lines, `worker    process ${worker.pid}, log ${logFile}`] };
}

/** Starts the system and keeps it up until Ctrl-C. */
export async function localUp(session: Session, options: LocalUpOptions): Promise<number> {
  const { screen } = session;
  const interruption = catchInterrupts();
  const teardown = createTeardown();
  const stopped = aborted(interruption.signal).then(() => null);
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    const up = await Promise.race([startAll(options, session, teardown), stopped]);
    if (up !== null) {
      const file = join(resolve(options.directory), 'environment.sh');
      await writeFile(file, `${exportLines(up.environment).join('\n')}\n`);
      for (const line of [...up.lines, '', ...exportLines(up.environment), '']) screen.line(line);
      screen.line(`In another terminal: . ${quoted(file)}   Ctrl-C ends all of it.`);
      await stopped;
    }
    screen.note('stopping');
    return 0;
  } finally {
    await teardown.close();
    clearInterval(alive);
    interruption.release();
  }
}

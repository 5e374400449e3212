import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { SEARCH_ATTRIBUTES } from '../domain/temporal-names.ts';
import { childEnvironment } from './environment.ts';
import { freePorts } from './ports.ts';
import type { Program } from './provision/program.ts';
import { type Server, startServer } from './server.ts';

/**
 * With the server's own limit of 10 updates in flight per workflow, a hundred callers of the budget would all be
 * refused; production spreads them instead.
 */
const LOCAL_CONFIGURATION = { 'history.maxInFlightUpdates': '1000' };

export interface TemporalOptions {
  /** The database, kept between starts; in memory where there is none. */
  readonly databaseFile?: string;
  readonly logFile: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Serve the Temporal UI as well; 0: any port that is free. */
  readonly uiPort?: number;
  /** Dynamic configuration of the server by key; values in JSON. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
}

export interface TemporalServer extends Server {
  /** `host:port` of gRPC. */
  readonly address: string;
  readonly uiUrl: string | null;
}

/** Starts a Temporal development server with our search attributes, and waits until it answers. */
export async function startTemporal(program: Program, options: TemporalOptions): Promise<TemporalServer> {
  const [port = 0, httpPort = 0, uiPort = 0] = await freePorts([options.port ?? 0, 0, options.uiPort ?? 0]);
  const address = `127.0.0.1:${port}`;
  const hadDatabase = options.databaseFile !== undefined && existsSync(options.databaseFile);
  const withUi = options.uiPort !== undefined;
  const server = await startServer({
    name: 'Temporal',
    program,
    args: temporalArguments({ ...options, port, httpPort, uiPort: withUi ? uiPort : null }),
    healthUrl: `http://127.0.0.1:${httpPort}/api/v1/namespaces/default`,
    logFile: options.logFile,
    graceMs: options.databaseFile === undefined ? 0 : 5_000,
  });
  if (hadDatabase) await registerSearchAttributes(program, address);
  return { ...server, address, uiUrl: withUi ? `http://127.0.0.1:${uiPort}` : null };
}

interface Ports {
  readonly port: number;
  readonly httpPort: number;
  readonly uiPort: number | null;
}

function temporalArguments({ port, httpPort, uiPort, ...options }: Omit<TemporalOptions, keyof Ports> & Ports): string[] {
  const configuration = Object.entries({ ...LOCAL_CONFIGURATION, ...options.dynamicConfig });
  const own = ['--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort), '--log-level', 'error'];
  return [
    'server',
    'start-dev',
    ...own,
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(options.databaseFile === undefined ? [] : databaseArguments(options.databaseFile)),
    ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...configuration.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
  ];
}

function databaseArguments(file: string): string[] {
  return ['--db-filename', file, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'];
}

/** The flags of `start-dev` do nothing to a namespace that exists already; registering twice is no error. */
async function registerSearchAttributes(program: Program, address: string): Promise<void> {
  const attributes = Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--name', name, '--type', 'Keyword']);
  const target = ['--address', address, '--namespace', 'default', '--disable-config-file', '--disable-config-env'];
  await promisify(execFile)(program.command, ['operator', 'search-attribute', 'create', ...target, ...attributes], {
    env: childEnvironment(process.env, {}),
  });
}

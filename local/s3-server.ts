import { join } from 'node:path';
import { freePorts } from './ports.ts';
import type { Program } from './provision/program.ts';
import { type Server, startServer } from './server.ts';

/** What a client needs to reach an S3 server; the same endpoint serves SQS where the server is ministack. */
export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Server extends Server {
  readonly s3: S3Access;
}

const REGION = 'us-east-1';
const KEYS = { accessKeyId: 'tilescribe', secretAccessKey: 'tilescribe-local' };

export interface MinistackOptions {
  /** Where buckets and queues are kept between starts; in memory where there is none. */
  readonly directory?: string;
  /** For what it writes while it runs. */
  readonly temporary: string;
  readonly logFile: string;
  /** 0: any that is free. */
  readonly port?: number;
}

/** Starts S3 and SQS on one endpoint. It accepts any keys: authentication is not tested here. */
export async function startMinistack(
  program: Program,
  { directory, temporary, logFile, port: wanted = 0 }: MinistackOptions,
): Promise<S3Server> {
  const [port = 0] = await freePorts([wanted]);
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: 'ministack',
    program,
    args: [],
    environment: {
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LOG_LEVEL: 'WARNING',
      MINISTACK_REGION: REGION,
      TMPDIR: temporary,
      ...persistence(directory),
    },
    healthUrl: `${endpoint}/_ministack/health`,
    logFile,
    graceMs: directory === undefined ? 0 : 10_000,
  });
  return { ...server, s3: { endpoint, region: REGION, ...KEYS } };
}

function persistence(directory: string | undefined): Record<string, string> {
  if (directory === undefined) return { S3_PERSIST: '0', PERSIST_STATE: '0' };
  return { S3_PERSIST: '1', S3_DATA_DIR: join(directory, 's3'), PERSIST_STATE: '1', STATE_DIR: join(directory, 'state') };
}

export interface VersitygwOptions {
  /** An absolute, existing directory: its folders are the buckets. */
  readonly directory: string;
  readonly logFile: string;
}

/** Starts an S3 server that checks signatures and policies. */
export async function startVersitygw(program: Program, { directory, logFile }: VersitygwOptions): Promise<S3Server> {
  const [port] = await freePorts([0]);
  const server = await startServer({
    name: 'versitygw',
    program,
    args: versitygwArguments(`127.0.0.1:${port}`, directory),
    healthUrl: `http://127.0.0.1:${port}/health`,
    logFile,
  });
  return { ...server, s3: { endpoint: `http://127.0.0.1:${port}`, region: REGION, ...KEYS } };
}

function versitygwArguments(listen: string, directory: string): string[] {
  const keys = ['--access', KEYS.accessKeyId, '--secret', KEYS.secretAccessKey];
  // Without these two its conditional writes are a race.
  const atomic = ['--concurrency', '1', '--disableotmp'];
  return [...keys, '--port', listen, '--health', '/health', '--quiet', 'posix', ...atomic, directory];
}

import type { Environment } from './environment.ts';
import { type PartOptions, s3Part, type TemporalAccess, temporalPart } from './part.ts';
import { openPlaces } from './places.ts';
import type { S3Access } from './s3-server.ts';

export interface StackOptions {
  /** Where the database and the buckets are kept between starts; everything is in memory where there is none. */
  readonly directory?: string;
  /** Serve the Temporal UI as well. */
  readonly ui?: boolean;
  /** Ports to have on 127.0.0.1; any that are free where nothing is named. */
  readonly ports?: { readonly temporal?: number; readonly ui?: number; readonly s3?: number };
  /** Dynamic configuration of the Temporal server by key; values in JSON. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  /** Where PATH, the cache and servers that run already are named; `process.env` unless told. */
  readonly environment?: Environment;
  /** Called with one line for people whenever something is installed, waited for or taken from elsewhere. */
  readonly progress: (line: string) => void;
}

/** A Temporal and an S3 server, with everything a client or a worker needs to know of them. */
export interface Stack {
  readonly temporal: TemporalAccess;
  readonly s3: S3Access;
  /** For workers and commands: `TEMPORAL_ADDRESS`, `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID` and the like. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends what was started here; may be called more than once. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the servers that the environment does not name, installing them where they are missing.
 * @throws Failure where a server cannot be installed or does not start, or the directory is in use.
 */
export async function startStack({ directory, environment = process.env, ...options }: StackOptions): Promise<Stack> {
  const places = await openPlaces(directory);
  const partOptions: PartOptions = { ...options, environment, places };
  const parts = await Promise.allSettled([temporalPart(partOptions), s3Part(partOptions)]);
  const started = parts.flatMap((part): Closable[] => (part.status === 'fulfilled' ? [part.value] : []));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll(started, places));
  const [temporal, s3] = parts;
  if (temporal.status === 'fulfilled' && s3.status === 'fulfilled') {
    const variables = { ...temporal.value.environment, ...s3.value.environment };
    return { temporal: temporal.value.access, s3: s3.value.access, environment: variables, close };
  }
  await close();
  throw [temporal, s3].find((part) => part.status === 'rejected')?.reason;
}

interface Closable {
  close(): Promise<void>;
}

/** The servers first: they still write into the places. */
async function closeAll(parts: readonly Closable[], places: Closable): Promise<void> {
  await Promise.all(parts.map((part) => part.close()));
  await places.close();
}

import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { namedS3, namedTemporal } from './named-servers.ts';
import type { Places } from './places.ts';
import { ministackRecipe } from './provision/ministack.ts';
import { provision } from './provision/provision.ts';
import { temporalRecipe } from './provision/temporal.ts';
import { type S3Access, startMinistack } from './s3-server.ts';
import { startTemporal } from './temporal-server.ts';

export interface TemporalAccess {
  /** `host:port` of gRPC. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | null;
}

/** One server of a stack: its own, or one that the environment names. */
export interface Part<Access> {
  readonly access: Access;
  /** What leads a client of this server to it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface PartOptions {
  readonly environment: Environment;
  readonly places: Places;
  readonly progress: (line: string) => void;
  readonly ui?: boolean;
  readonly ports?: { readonly temporal?: number; readonly ui?: number; readonly s3?: number };
  readonly dynamicConfig?: Readonly<Record<string, string>>;
}

/** The Temporal server that the environment names, or one of our own. */
export async function temporalPart({ environment, places, progress, ...options }: PartOptions): Promise<Part<TemporalAccess>> {
  const named = namedTemporal(environment);
  if (named !== null) {
    progress(`Using the Temporal server at ${named.access.address}, which TEMPORAL_ADDRESS names`);
    return named;
  }
  const program = await provision(temporalRecipe(), { environment, progress });
  const { address, uiUrl, close } = await startTemporal(program, {
    logFile: join(places.logs, 'temporal.log'),
    ...(places.kept && { databaseFile: join(places.kept, 'temporal.db') }),
    ...(options.ports?.temporal && { port: options.ports.temporal }),
    ...(options.ui && { uiPort: options.ports?.ui ?? 0 }),
    ...(options.dynamicConfig && { dynamicConfig: options.dynamicConfig }),
  });
  // A profile in the user's own Temporal configuration could ask for TLS: a file that is not there stands in its place.
  const noProfiles = join(places.temporary, 'no-profiles.toml');
  const variables = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default', TEMPORAL_CONFIG_FILE: noProfiles };
  return { access: { address, namespace: 'default', uiUrl }, environment: variables, close };
}

/** The S3 server that the environment names, or one of our own. */
export async function s3Part({ environment, places, progress, ports }: PartOptions): Promise<Part<S3Access>> {
  const named = namedS3(environment);
  if (named !== null) {
    progress(`Using the S3 server at ${named.access.endpoint}, which the environment names`);
    return named;
  }
  const program = await provision(ministackRecipe(), { environment, progress });
  const { s3, close } = await startMinistack(program, {
    logFile: join(places.logs, 'ministack.log'),
    temporary: places.temporary,
    ...(places.kept && { directory: places.kept }),
    ...(ports?.s3 && { port: ports.s3 }),
  });
  return { access: s3, environment: s3Environment(s3), close };
}

/** The variables that lead the AWS SDK to a server. */
export function s3Environment({ endpoint, region, accessKeyId, secretAccessKey }: S3Access): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

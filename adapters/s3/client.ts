import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SECOND_MS } from '../../domain/units.ts';
import type { S3Site } from './problems.ts';
import { MAX_ATTEMPTS, patience } from './retry.ts';

/** The environment as it was when the program started. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ClientSettings {
  /** The SDK's own variables: AWS_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, keys, profiles. */
  readonly environment: Environment;
  /** Over the environment's. */
  readonly region: string | null;
  /** A connection on which nothing moves for so long is dropped, and what it was for is tried again. */
  readonly stallMs: number;
}

/** A client, and where it is directed. */
export interface S3Connection {
  readonly client: S3Client;
  readonly site: S3Site;
}

/** More than what a worker asks for at once: who waits for a socket runs into the connection timeout. */
const MAX_SOCKETS = 256;
const CONNECTION_TIMEOUT_MS = 10 * SECOND_MS;
/** Servers on this machine take any region, but a signature needs one. */
const REGION_OF_ENDPOINTS = 'us-east-1';

function endpointOf(environment: Environment): string | null {
  return environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || null;
}

/** Keys of an environment that is not this program's own; where they are this program's own the SDK finds them itself. */
function foreignKeys(environment: Environment): Pick<S3ClientConfig, 'credentials'> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment;
  if (environment === process.env || !accessKeyId || !secretAccessKey || environment['AWS_PROFILE']) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

/** @returns a client with the environment's standard configuration, its own sockets, and one retry layer. */
export function connectS3({ environment, region, stallMs }: ClientSettings): S3Connection {
  // The SDK's notice about Node versions is for us, not for whoever runs tilescribe.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const endpoint = endpointOf(environment);
  const wanted = region ?? (environment['AWS_REGION'] || (endpoint === null ? null : REGION_OF_ENDPOINTS));
  const sockets = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const client = new S3Client({
    ...(wanted === null ? {} : { region: wanted }),
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    ...foreignKeys(environment),
    maxAttempts: MAX_ATTEMPTS,
    retryStrategy: patience,
    // A body that is taken up again in the middle has no checksum of its own; its length is what is checked.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: stallMs,
    },
  });
  return { client, site: { endpoint, region: wanted } };
}

import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { SECOND_MS } from '../../domain/units.ts';

/** The environment as it was when the program started. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A client, and where it is directed. */
export interface SqsConnection {
  readonly client: SQSClient;
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly region: string | null;
}

const MAX_ATTEMPTS = 5;
const CONNECTION_TIMEOUT_MS = 10 * SECOND_MS;
/** A connection on which nothing moves for so long is given up: longer than the longest wait for a message. */
const STALL_MS = 30 * SECOND_MS;
/** Servers on this machine take any region, but a signature needs one. */
const REGION_OF_ENDPOINTS = 'us-east-1';
const QUEUE_HOST = /^sqs\.([a-z0-9-]+)\.amazonaws\.com/u;

/** Keys of an environment that is not this program's own; where they are this program's own the SDK finds them itself. */
function foreignKeys(environment: Environment): Pick<SQSClientConfig, 'credentials'> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment;
  if (environment === process.env || !accessKeyId || !secretAccessKey || environment['AWS_PROFILE']) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

/** @returns a client for one queue: in the region that its URL names, at the environment's endpoint where there is one. */
export function connectSqs(url: string, environment: Environment, stallMs = STALL_MS): SqsConnection {
  // The SDK's notice about Node versions is for us, not for whoever runs tilescribe.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const endpoint = environment['AWS_ENDPOINT_URL_SQS'] || environment['AWS_ENDPOINT_URL'] || null;
  const [, named] = QUEUE_HOST.exec(new URL(url).host) ?? [];
  const region = named ?? (environment['AWS_REGION'] || (endpoint === null ? null : REGION_OF_ENDPOINTS));
  const client = new SQSClient({
    ...(region === null ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint }),
    useQueueUrlAsEndpoint: false,
    ...foreignKeys(environment),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, socketTimeout: stallMs },
  });
  return { client, endpoint, region };
}

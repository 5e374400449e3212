import { Failure } from '../domain/failure.ts';
import { type Environment, variablesWith } from './environment.ts';
import type { Part, TemporalAccess } from './part.ts';
import type { S3Access } from './s3-server.ts';

/** Somebody else's server stays up. */
const close = (): Promise<void> => Promise.resolve();

/** @returns the Temporal server that `TEMPORAL_ADDRESS` names, or null. */
export function namedTemporal(environment: Environment): Part<TemporalAccess> | null {
  const address = environment['TEMPORAL_ADDRESS'];
  if (!address) return null;
  const namespace = environment['TEMPORAL_NAMESPACE'] || 'default';
  return { access: { address, namespace, uiUrl: null }, environment: variablesWith('TEMPORAL_', environment), close };
}

/**
 * @returns the S3 server that `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` names, or null.
 * @throws Failure `InvalidConfiguration` where its keys are not in the environment.
 */
export function namedS3(environment: Environment): Part<S3Access> | null {
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'];
  if (!endpoint) return null;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) {
    throw new Failure(
      'InvalidConfiguration',
      `The environment names the S3 server ${endpoint}, but not its keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or unset the endpoint to have a server started.`,
    );
  }
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || 'us-east-1';
  const variables = { ...variablesWith('AWS_', environment), AWS_REGION: region };
  return { access: { endpoint, region, accessKeyId, secretAccessKey }, environment: variables, close };
}

import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { isPassing, isThrottle, type AwsRefusal } from '../../domain/aws-refusal.ts';
import { SECOND_MS } from '../../domain/units.ts';

type Configured = NonNullable<S3ClientConfig['retryStrategy']>;
type Strategy = Extract<Configured, { acquireInitialRetryToken: unknown }>;
type Token = Awaited<ReturnType<Strategy['acquireInitialRetryToken']>>;
type Refused = Parameters<Strategy['refreshRetryTokenForRetry']>[1];

export const MAX_ATTEMPTS = 10;
/** Nobody is there: soon said. */
const MAX_ATTEMPTS_UNREACHABLE = 5;
const UNREACHABLE: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

const FIRST_DELAY_MS = 50;
const FIRST_THROTTLED_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5 * SECOND_MS;

/**
 * @param failures so far, at least 1
 * @param roll in [0, 1)
 * @returns a wait in ms with full jitter, doubling with every failure.
 */
export function retryDelayMs(failures: number, roll: number, throttled = false): number {
  const first = throttled ? FIRST_THROTTLED_DELAY_MS : FIRST_DELAY_MS;
  return Math.round(roll * Math.min(LONGEST_DELAY_MS, first * 2 ** failures));
}

interface Seen extends AwsRefusal {
  readonly code: string;
}

function seenOf({ error }: Refused): Seen {
  const {
    name = '',
    code = '',
    $metadata,
  } = (error ?? {}) as {
    readonly name?: string;
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return { name, code, status: $metadata?.httpStatusCode ?? null };
}

function attemptsAllowed(seen: Seen, { errorType }: Refused): number {
  if (UNREACHABLE.includes(seen.code)) return MAX_ATTEMPTS_UNREACHABLE;
  // The SDK takes what KMS says through S3 for a mistake of the client.
  return errorType === 'CLIENT_ERROR' && !isPassing(seen) ? 1 : MAX_ATTEMPTS;
}

function token(failures: number, delayMs: number): Token {
  return { getRetryCount: () => failures, getRetryDelay: () => delayMs };
}

/**
 * The one retry layer of S3: attempts with full jitter. Unlike the SDK's standard mode it has no budget of tokens over
 * all requests, which a third of 503s exhausts, so that tiles would fail although S3 only asks for patience.
 */
export const patience: Strategy = {
  acquireInitialRetryToken: async () => token(0, 0),
  refreshRetryTokenForRetry: async (last, refused) => {
    const failures = last.getRetryCount() + 1;
    const seen = seenOf(refused);
    if (failures >= attemptsAllowed(seen, refused)) throw new Error('no attempt is left');
    const asked = refused.retryAfterHint === undefined ? 0 : refused.retryAfterHint.getTime() - Date.now();
    const delay = retryDelayMs(failures, Math.random(), refused.errorType === 'THROTTLING' || isThrottle(seen));
    return token(failures, Math.max(delay, Math.min(asked, LONGEST_DELAY_MS)));
  },
  recordSuccess: () => {},
};

/** What a service of AWS calls an error, and its HTTP status where there was an answer. */
export interface AwsRefusal {
  readonly name: string;
  readonly status: number | null;
}

/** Beside every name that speaks of throttling; from @smithy/core, retry, service-error-classification. */
const THROTTLES: readonly string[] = [
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'SlowDown',
  'TooManyRequests',
  'TooManyRequestsException',
];
/** Throttling, ThrottledException, RequestThrottled; what KMS says through S3 and SQS: KMS.ThrottlingException, KmsThrottled. */
const THROTTLE = /throttl/iu;
const TOO_MANY_REQUESTS = 429;

const TIMEOUTS: readonly string[] = ['RequestTimeout', 'RequestTimeoutException'];
const REQUEST_TIMEOUT = 408;

/** 409s that S3 asks to have repeated: two writers met. */
const CONFLICTS: readonly string[] = ['ConditionalRequestConflict', 'OperationAborted'];

const KMS = /^KMS\.|^Kms[A-Z]/u;
/** KMS.KMSInternalException, KMS.DependencyTimeoutException, KMS.KeyUnavailableException. */
const KMS_AWAY = /^KMS\..*(?:Internal|Timeout|Unavailable)/u;
const SERVER_ERROR = 500;

/** @returns whether fewer requests are asked for: the same one may be answered later, whatever its status is. */
export function isThrottle({ name, status }: AwsRefusal): boolean {
  return THROTTLE.test(name) || THROTTLES.includes(name) || status === TOO_MANY_REQUESTS;
}

/** @returns whether the same request may be answered later, though its status is one of the client's mistakes. */
export function isPassing(refusal: AwsRefusal): boolean {
  const { name, status } = refusal;
  const named = TIMEOUTS.includes(name) || CONFLICTS.includes(name) || KMS_AWAY.test(name);
  return named || isThrottle(refusal) || status === REQUEST_TIMEOUT;
}

/** @returns whether a key of KMS is refused, as by KMS.DisabledException and KmsAccessDenied. */
export function isAboutKey({ name, status }: AwsRefusal): boolean {
  return KMS.test(name) && (status === null || status < SERVER_ERROR);
}

import { isAboutKey, isPassing, isThrottle } from '../../domain/aws-refusal.ts';
import type { S3Location } from '../../domain/layout.ts';
import { firstLine } from '../../domain/redaction.ts';
import { withPlainAddresses } from '../../domain/shown-address.ts';
import { ObjectStoreError, type ObjectStoreProblem } from '../../ports/object-store.ts';

/** What was being done, and with what. */
export interface S3Act {
  readonly action:
    | 's3:GetObject'
    | 's3:GetObjectVersion'
    | 's3:ListBucket'
    | 's3:PutObject'
    | 's3:DeleteObject'
    | 's3:CreateBucket';
  readonly bucket: string;
  readonly key: string;
}

/** @returns the reading of an object, or of one version of it, which S3 allows by another name. */
export function readingOf({ bucket, key }: S3Location, versionId: string | undefined): S3Act {
  return { action: versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', bucket, key };
}

/** Where the client is directed. */
export interface S3Site {
  /** Null for AWS itself. */
  readonly endpoint: string | null;
  readonly region: string | null;
}

/** What an error of the SDK shows of itself. */
interface Signs {
  readonly name: string;
  readonly code: string;
  readonly status: number | null;
  /** Where the bucket is, if S3 told. */
  readonly region: string | null;
  readonly message: string;
}

interface Case {
  readonly signs: Signs;
  readonly act: S3Act;
  readonly site: S3Site;
}

interface Row {
  readonly names?: readonly string[];
  readonly fits?: (signs: Signs) => boolean;
  readonly status?: readonly number[];
  readonly problem: ObjectStoreProblem;
}

/** First row that fits wins; names and codes before statuses, as HEAD brings nothing but a status. */
const TABLE: readonly Row[] = [
  { names: ['NoSuchBucket', 'InvalidBucketName'], problem: 'no_bucket' },
  { names: ['NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed', 'KeyTooLongError'], problem: 'missing' },
  { names: ['PreconditionFailed'], problem: 'changed' },
  { names: ['InvalidObjectState'], problem: 'archived' },
  {
    names: ['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'],
    problem: 'wrong_region',
  },
  {
    names: ['CredentialsProviderError', 'TokenProviderError', 'ExpiredToken', 'ExpiredTokenException', 'InvalidToken'],
    problem: 'credentials',
  },
  {
    names: ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'TokenRefreshRequired', 'RequestTimeTooSkewed', 'AuthFailure'],
    problem: 'credentials',
  },
  { names: ['AccessDenied', 'AllAccessDisabled', 'AccountProblem'], problem: 'denied' },
  { fits: isPassing, problem: 'unreachable' },
  { fits: isAboutKey, problem: 'denied' },
  { status: [301, 307], problem: 'wrong_region' },
  { status: [401], problem: 'credentials' },
  { status: [403], problem: 'denied' },
  { status: [404, 405], problem: 'missing' },
  { status: [412], problem: 'changed' },
];
const SERVER_ERROR = 500;
const MESSAGE_MAX = 200;

function signsOf(error: unknown): Signs {
  const seen = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as {
    readonly name?: string;
    readonly code?: unknown;
    readonly message?: string;
    readonly Region?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  return {
    name: seen.name ?? 'Error',
    code: typeof seen.code === 'string' ? seen.code : '',
    status: seen.$metadata?.httpStatusCode ?? null,
    region: seen.$response?.headers?.['x-amz-bucket-region'] ?? seen.Region ?? null,
    message: firstLine(seen.message ?? '', MESSAGE_MAX),
  };
}

function fits(row: Row, signs: Signs): boolean {
  const hasStatus = signs.status !== null && row.status?.includes(signs.status) === true;
  return hasStatus || row.names?.includes(signs.name) === true || row.fits?.(signs) === true;
}

function problemOf(signs: Signs, site: S3Site): ObjectStoreProblem {
  if (signs.message.startsWith('Region is missing')) return 'wrong_region';
  if (signs.region !== null && signs.region !== site.region && signs.status === 400) return 'wrong_region';
  const row = TABLE.find((candidate) => fits(candidate, signs));
  if (row !== undefined) return row.problem;
  // A HEAD that is refused for its token answers a bare 400.
  if (signs.status === 400 && signs.message.startsWith('Unknown')) return 'credentials';
  return signs.status !== null && signs.status < SERVER_ERROR ? 'refused' : 'unreachable';
}

/** @returns `s3://bucket/key` as one line of printable characters. */
export function shownUri(at: { readonly bucket: string; readonly key: string }): string {
  const key = at.key.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `s3://${at.bucket}/${key}`;
}

function shownSite({ endpoint, region }: S3Site): string {
  return endpoint === null ? `S3 in region ${region ?? '(none)'}` : `S3 at ${withPlainAddresses(endpoint)}`;
}

function called({ signs }: Case): string {
  return [signs.name, signs.code].filter((text) => text !== '' && text !== 'Error').join(' ') || `HTTP ${signs.status}`;
}

/** What is wrong, and what to do about it where nothing more is known of the object; null where that is nothing. */
type Told = readonly [fact: string, todo: string | null];

function wrongRegion({ signs, act, site }: Case): Told {
  const todo = 'Set AWS_REGION, or input.region in the spec for tiles.';
  const [there, here] = [signs.region, site.region];
  if (there === null && here === null) return [`No region is known for bucket ${act.bucket}.`, todo];
  const where = [there === null ? [] : `in ${there}`, here === null ? [] : `not in ${here}`].flat().join(', ');
  return [`Bucket ${act.bucket} is ${where}.`, todo];
}

/** As S3 says it. */
function refusal(seen: Case): string {
  return `S3 refused ${shownUri(seen.act)} (${called(seen)}: ${seen.signs.message}).`;
}

function unanswered(seen: Case): Told {
  const [site, uri] = [shownSite(seen.site), shownUri(seen.act)];
  if (!isThrottle(seen.signs)) {
    const fact = `${site} could not be reached for ${uri} (${called(seen)}).`;
    return [fact, 'Check AWS_ENDPOINT_URL_S3, the network, and that S3 is up.'];
  }
  const fact = `${site} asks for fewer requests than there are, one of them for ${uri} (${called(seen)}: ${seen.signs.message}).`;
  return [fact, 'Try again later; where that lasts, have its request quota raised.'];
}

const SENTENCES: Readonly<Record<ObjectStoreProblem, (seen: Case) => Told>> = {
  missing: ({ act }) => [`${shownUri(act)} is not there.`, 'Check the name, or restore the object and run again.'],
  no_bucket: ({ act, site }) => [
    `Bucket ${act.bucket} does not exist at ${shownSite(site)}.`,
    'Check its name and the endpoint, or create it.',
  ],
  denied: (seen) => [
    refusal(seen),
    isAboutKey(seen.signs)
      ? 'Mend its KMS key, or allow these credentials to use it.'
      : `Allow ${seen.act.action} to these credentials, or use others.`,
  ],
  refused: (seen) => [refusal(seen), 'Mend what S3 names there: the same request would be refused again.'],
  changed: ({ act }) => [`${shownUri(act)} is no longer the object that was listed.`, 'The next run sees the new one.'],
  archived: ({ act }) => [`${shownUri(act)} is in an archive storage class.`, 'Restore the object and run again.'],
  too_large: ({ act }) => [`${shownUri(act)} is too large to be read.`, null],
  wrong_region: wrongRegion,
  credentials: (seen) => [
    `${shownSite(seen.site)} got no credentials that it takes (${called(seen)}).`,
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or sign in again.',
  ],
  unreachable: unanswered,
};

/** @returns the error as one of ours, complete: what is wrong with which bucket or key, and what to do. */
export function objectStoreError(error: unknown, act: S3Act, site: S3Site): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const signs = signsOf(error);
  const problem = problemOf(signs, site);
  const [fact, todo] = SENTENCES[problem]({ signs, act, site });
  return new ObjectStoreError(problem, todo === null ? fact : `${fact} ${todo}`, { cause: error, fact });
}

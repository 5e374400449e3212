import { isAboutKey, isPassing, isThrottle } from '../../domain/aws-refusal.ts';
import { firstLine } from '../../domain/redaction.ts';
import { withPlainAddresses } from '../../domain/shown-address.ts';
import { EventQueueError, type EventQueueProblem } from '../../ports/event-queue.ts';
import type { SqsConnection } from './client.ts';

/** What was being done, and with which queue. */
export interface SqsAct {
  readonly action:
    | 'sqs:ReceiveMessage'
    | 'sqs:DeleteMessage'
    | 'sqs:ChangeMessageVisibility'
    | 'sqs:SendMessage'
    | 'sqs:GetQueueAttributes';
  readonly url: string;
}

interface Row {
  readonly names?: readonly string[];
  readonly fits?: (signs: Signs) => boolean;
  readonly status?: readonly number[];
  readonly problem: EventQueueProblem;
}

/** First row that fits wins; the names are those of both protocols. */
const TABLE: readonly Row[] = [
  {
    names: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'QueueDeletedRecently', 'InvalidAddress'],
    problem: 'missing',
  },
  {
    names: ['CredentialsProviderError', 'TokenProviderError', 'ExpiredToken', 'ExpiredTokenException', 'InvalidClientTokenId'],
    problem: 'credentials',
  },
  {
    names: ['UnrecognizedClientException', 'InvalidSignatureException', 'SignatureDoesNotMatch', 'MissingAuthenticationToken'],
    problem: 'credentials',
  },
  { names: ['AccessDenied', 'AccessDeniedException'], problem: 'denied' },
  {
    names: ['UnsupportedOperation', 'InvalidMessageContents', 'MissingParameter', 'MissingRequiredParameterException'],
    problem: 'wrong_kind',
  },
  { names: ['OverLimit', 'AWS.SimpleQueueService.OverLimit'], problem: 'full' },
  { fits: isTooLong, problem: 'too_long' },
  { fits: isPassing, problem: 'unreachable' },
  { fits: isAboutKey, problem: 'denied' },
  { status: [401], problem: 'credentials' },
  { status: [403], problem: 'denied' },
  { status: [404], problem: 'missing' },
  { status: [400, 405], problem: 'refused' },
];
const MESSAGE_MAX = 200;

interface Signs {
  readonly name: string;
  readonly status: number | null;
  readonly message: string;
}

const TOO_LONG: readonly string[] = ['BatchRequestTooLong', 'AWS.SimpleQueueService.BatchRequestTooLong', 'MessageTooLong'];
const PAYLOAD_TOO_LARGE = 413;

/** SQS itself has no name for it: "Reason: Message must be shorter than 1048576 bytes." */
function isTooLong({ name, status, message }: Signs): boolean {
  const said = name.startsWith('InvalidParameterValue') && /\bshorter than \d+ bytes\b/u.test(message);
  return said || TOO_LONG.includes(name) || status === PAYLOAD_TOO_LARGE;
}

function signsOf(error: unknown): Signs {
  const seen = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as {
    readonly name?: string;
    readonly code?: unknown;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const code = typeof seen.code === 'string' ? seen.code : '';
  return {
    name: code !== '' && (seen.name ?? 'Error') === 'Error' ? code : (seen.name ?? 'Error'),
    status: seen.$metadata?.httpStatusCode ?? null,
    message: firstLine(seen.message ?? '', MESSAGE_MAX),
  };
}

function fits(row: Row, signs: Signs): boolean {
  const hasStatus = signs.status !== null && row.status?.includes(signs.status) === true;
  return hasStatus || row.names?.includes(signs.name) === true || row.fits?.(signs) === true;
}

function problemOf(signs: Signs): EventQueueProblem {
  if (signs.message.startsWith('Region is missing')) return 'wrong_region';
  return TABLE.find((row) => fits(row, signs))?.problem ?? 'unreachable';
}

type Site = Pick<SqsConnection, 'endpoint' | 'region'>;

type Sentence = (act: SqsAct, signs: Signs, site: Site) => string;

const denied: Sentence = ({ url, action }, signs) => {
  const todo = isAboutKey(signs)
    ? 'Mend its KMS key, or allow these credentials to use it.'
    : `Allow ${action} to these credentials, or use others.`;
  return `SQS refused ${url} (${signs.name}: ${signs.message}). ${todo}`;
};

const unanswered: Sentence = ({ url }, signs, { endpoint, region }) => {
  const { name, message } = signs;
  const site = `SQS ${endpoint === null ? `in region ${region ?? '(none)'}` : `at ${withPlainAddresses(endpoint)}`}`;
  return isThrottle(signs)
    ? `${site} asks for fewer requests than there are to ${url} (${name}: ${message}). Where that lasts have its request quota raised.`
    : `${site} could not be reached for ${url} (${name}). Check AWS_ENDPOINT_URL_SQS, the network, and that SQS is up.`;
};

const SENTENCES: Readonly<Record<EventQueueProblem, Sentence>> = {
  missing: ({ url }) => `There is no queue ${url}. Check its URL, AWS_REGION and AWS_ENDPOINT_URL_SQS, or create it.`,
  denied,
  refused: ({ url }, { name, message }) =>
    `SQS refused ${url} (${name}: ${message}). Mend what it names there: the same request would be refused again.`,
  credentials: (_, { name }) =>
    `SQS got no credentials that it takes (${name}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or sign in again.`,
  wrong_region: ({ url }) => `No region is known for the queue ${url}. Set AWS_REGION to that of the queue.`,
  unreachable: unanswered,
  full: ({ url }) =>
    `The queue ${url} has as many messages in flight as SQS allows (120,000). It has room again once receivers remove some or give them back: see that those that hold them are up, or have that quota raised.`,
  too_long: ({ url }, { message }) =>
    `The message is too long for ${url} (${message}). Raise the MaximumMessageSize of that queue, where it can be raised.`,
  wrong_kind: ({ url }, { message }) => `The queue ${url} does not do what is needed (${message}). Give a standard queue.`,
};

/** @returns the error as one of ours, complete: what is wrong with which queue, and what to do. */
export function eventQueueError(error: unknown, act: SqsAct, site: Site): EventQueueError {
  if (error instanceof EventQueueError) return error;
  const signs = signsOf(error);
  const problem = problemOf(signs);
  const url = withPlainAddresses(act.url);
  return new EventQueueError(problem, SENTENCES[problem]({ ...act, url }, signs, site), { cause: error });
}

import { firstLine } from '../../domain/redaction.ts';
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
  // Too many messages in flight, and every throttle: the queue is there.
  { names: ['OverLimit', 'RequestThrottled', 'ThrottlingException'], problem: 'unreachable' },
  { status: [401], problem: 'credentials' },
  { status: [404], problem: 'missing' },
  { status: [400, 403, 405], problem: 'denied' },
];
const MESSAGE_MAX = 200;

interface Signs {
  readonly name: string;
  readonly status: number | null;
  readonly message: string;
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

function problemOf({ name, status, message }: Signs): EventQueueProblem {
  if (message.startsWith('Region is missing')) return 'wrong_region';
  const row = TABLE.find(
    ({ names = [], status: codes = [] }) => names.includes(name) || (status !== null && codes.includes(status)),
  );
  return row?.problem ?? 'unreachable';
}

type Site = Pick<SqsConnection, 'endpoint' | 'region'>;

const SENTENCES: Readonly<Record<EventQueueProblem, (act: SqsAct, signs: Signs, site: Site) => string>> = {
  missing: ({ url }) => `There is no queue ${url}. Check its URL, AWS_REGION and AWS_ENDPOINT_URL_SQS, or create it.`,
  denied: ({ url, action }, { name, message }) =>
    `SQS refused ${url} (${name}: ${message}). Allow ${action} to these credentials, or use others.`,
  credentials: (_, { name }) =>
    `SQS got no credentials that it takes (${name}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or sign in again.`,
  wrong_region: ({ url }) => `No region is known for the queue ${url}. Set AWS_REGION to that of the queue.`,
  unreachable: ({ url }, { name }, { endpoint, region }) =>
    `SQS ${endpoint === null ? `in region ${region ?? '(none)'}` : `at ${endpoint}`} could not be reached for ${url} (${name}). Check AWS_ENDPOINT_URL_SQS, the network, and that SQS is up.`,
  wrong_kind: ({ url }, { message }) => `The queue ${url} does not do what is needed (${message}). Give a standard queue.`,
};

/** @returns the error as one of ours, complete: what is wrong with which queue, and what to do. */
export function eventQueueError(error: unknown, act: SqsAct, site: Site): EventQueueError {
  if (error instanceof EventQueueError) return error;
  const signs = signsOf(error);
  const problem = problemOf(signs);
  return new EventQueueError(problem, SENTENCES[problem](act, signs, site), { cause: error });
}

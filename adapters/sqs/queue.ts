import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type BatchResultErrorEntry,
  type Message,
} from '@aws-sdk/client-sqs';
import { clamp, SECOND_MS } from '../../domain/units.ts';
import type { EventQueue, QueueMessage, ReceiveOptions } from '../../ports/event-queue.ts';
import { connectSqs, type Environment, type SqsConnection } from './client.ts';
import { eventQueueError, type SqsAct } from './problems.ts';

/** What SQS takes and gives at once. */
const MOST_A_REQUEST = 10;
const REQUESTS_AT_ONCE = 16;
const LONGEST_WAIT_S = 20;
/** After the wait for messages, where somebody wants to stop. */
const ANSWER_WITHIN_MS = 2 * SECOND_MS;
const REASON_MAX_CHARACTERS = 500;
const BATCH_ATTEMPTS = 3;
/** What no text of SQS may hold. */
const UNWRITABLE = /[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export interface QueueSettings {
  readonly url: string;
  /** Null where what cannot be read stays where it is. */
  readonly deadLetterUrl: string | null;
  /** When a connection on which nothing moves is given up, ms; 30 s unless told. */
  readonly stallMs?: number;
}

interface Queue {
  readonly connection: SqsConnection;
  readonly url: string;
}

async function doing<T>({ connection, url }: Queue, action: SqsAct['action'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw eventQueueError(error, { action, url }, connection);
  }
}

function messageOf({ MessageId, Body, ReceiptHandle }: Message): QueueMessage {
  return { id: MessageId ?? '', body: Body ?? '', receipt: ReceiptHandle ?? '' };
}

interface Poll extends Pick<ReceiveOptions, 'visibilityMs'> {
  readonly most: number;
  readonly waitSeconds: number;
  readonly abortSignal?: AbortSignal;
}

async function poll(queue: Queue, { most, waitSeconds, visibilityMs, abortSignal }: Poll): Promise<QueueMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue.url,
    MaxNumberOfMessages: Math.min(MOST_A_REQUEST, most),
    WaitTimeSeconds: waitSeconds,
    VisibilityTimeout: Math.ceil(visibilityMs / SECOND_MS),
  });
  const options = abortSignal === undefined ? {} : { abortSignal };
  const { Messages = [] } = await doing(queue, 'sqs:ReceiveMessage', () => queue.connection.client.send(command, options));
  return Messages.map(messageOf);
}

/** Many short polls at once, until enough is there or no more comes; what keeps one from it is met by the next receive. */
async function pollMore(queue: Queue, { most, visibilityMs }: Pick<Poll, 'most' | 'visibilityMs'>): Promise<QueueMessage[]> {
  const received: QueueMessage[] = [];
  for (let full = true; full && received.length < most;) {
    const requests = Math.min(REQUESTS_AT_ONCE, Math.ceil((most - received.length) / MOST_A_REQUEST));
    const wanted = Math.min(most - received.length, requests * MOST_A_REQUEST);
    const polls = Array.from({ length: requests }, (_, n) =>
      poll(queue, { most: wanted - n * MOST_A_REQUEST, waitSeconds: 0, visibilityMs }),
    );
    const answered = await Promise.allSettled(polls);
    const came = answered.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    received.push(...came);
    full = came.length === wanted;
  }
  return received;
}

/**
 * A long poll. What it is given after it was broken off nobody gets for a while: one that is open when the signal comes
 * may have its time first. Requests leave their listeners on the signal they are given: each has its own.
 */
async function pollUntil(
  queue: Queue,
  wanted: Omit<Poll, 'abortSignal'>,
  signal: AbortSignal | undefined,
): Promise<QueueMessage[]> {
  if (signal?.aborted === true) return [];
  const controller = new AbortController();
  let late: NodeJS.Timeout | undefined;
  const abort = (): void => {
    late = setTimeout(() => controller.abort(), wanted.waitSeconds * SECOND_MS + ANSWER_WITHIN_MS);
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await poll(queue, { ...wanted, abortSignal: controller.signal });
  } catch (error) {
    if (controller.signal.aborted) return [];
    throw error;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', abort);
  }
}

/** One long poll; where it brings as many as it can, short ones for the rest. */
async function receive(queue: Queue, { most, waitMs, visibilityMs, signal }: ReceiveOptions): Promise<QueueMessage[]> {
  // A wait of nothing would ask only some of the servers of SQS, and find nothing where there is something.
  const waitSeconds = clamp(Math.ceil(waitMs / SECOND_MS), 1, LONGEST_WAIT_S);
  const first = await pollUntil(queue, { most, waitSeconds, visibilityMs }, signal);
  return first.length < MOST_A_REQUEST || signal?.aborted === true
    ? first
    : [...first, ...(await pollMore(queue, { most: most - first.length, visibilityMs }))];
}

type Entries = readonly { readonly Id: string; readonly ReceiptHandle: string }[];
type Send = (entries: Entries) => Promise<{ readonly Failed?: BatchResultErrorEntry[] | undefined }>;

/** What SQS could not do for reasons of its own is tried again; what is no longer ours is passed over. */
async function sendBatch(entries: Entries, send: Send): Promise<void> {
  let left = entries;
  for (let attempt = 0; attempt < BATCH_ATTEMPTS && left.length > 0; attempt += 1) {
    const { Failed = [] } = await send(left);
    const again = new Set(Failed.filter(({ SenderFault }) => SenderFault !== true).map(({ Id }) => Id));
    left = left.filter(({ Id }) => again.has(Id));
  }
}

async function inBatches(messages: readonly QueueMessage[], send: Send): Promise<void> {
  const entries = messages.map(({ receipt }, n) => ({ Id: String(n % MOST_A_REQUEST), ReceiptHandle: receipt }));
  const batches = Array.from({ length: Math.ceil(entries.length / MOST_A_REQUEST) }, (_, n) =>
    entries.slice(n * MOST_A_REQUEST, (n + 1) * MOST_A_REQUEST),
  );
  for (let from = 0; from < batches.length; from += REQUESTS_AT_ONCE)
    await Promise.all(batches.slice(from, from + REQUESTS_AT_ONCE).map((batch) => sendBatch(batch, send)));
}

function remove(queue: Queue, messages: readonly QueueMessage[]): Promise<void> {
  const { connection, url: QueueUrl } = queue;
  return inBatches(messages, (Entries) =>
    doing(queue, 'sqs:DeleteMessage', () =>
      connection.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [...Entries] })),
    ),
  );
}

function extend(queue: Queue, messages: readonly QueueMessage[], visibilityMs: number): Promise<void> {
  const { connection, url: QueueUrl } = queue;
  const VisibilityTimeout = Math.ceil(visibilityMs / SECOND_MS);
  return inBatches(messages, (entries) => {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
    return doing(queue, 'sqs:ChangeMessageVisibility', () => connection.client.send(command));
  });
}

async function setAside(deadLetters: Queue, { body }: QueueMessage, reason: string): Promise<void> {
  const told = { DataType: 'String', StringValue: reason.slice(0, REASON_MAX_CHARACTERS).replace(UNWRITABLE, '?') };
  const MessageAttributes = { tilescribe_reason: told };
  const command = new SendMessageCommand({ QueueUrl: deadLetters.url, MessageBody: body, MessageAttributes });
  await doing(deadLetters, 'sqs:SendMessage', () => deadLetters.connection.client.send(command));
}

/** A standard queue of SQS as the environment says: the SDK's own variables and nothing else. */
export function openEventQueue(
  { url, deadLetterUrl, stallMs }: QueueSettings,
  environment: Environment = process.env,
): EventQueue & { close(): void } {
  const queueAt = (at: string): Queue => ({ connection: connectSqs(at, environment, stallMs), url: at });
  const queue = queueAt(url);
  const deadLetters = deadLetterUrl === null ? null : queueAt(deadLetterUrl);
  return {
    receive: (options) => receive(queue, options),
    remove: (messages) => remove(queue, messages),
    extend: (messages, visibilityMs) => extend(queue, messages, visibilityMs),
    setAside: async (message, reason) => {
      if (deadLetters === null) throw new TypeError('there is no dead-letter queue');
      await setAside(deadLetters, message, reason);
    },
    close: () => {
      queue.connection.client.destroy();
      deadLetters?.connection.client.destroy();
    },
  };
}

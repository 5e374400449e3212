import type { QueueAttributes } from '../../adapters/sqs/attributes.ts';
import { grouped, quantity } from '../../domain/quantity.ts';
import { isJsonObject } from '../../schema/json-object.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

/** How a queue of events was set up, and what had better be different. */

const DAY_S = 86_400;
const LEAST_RECEIVES = 5;
const SETUP = 'docs/events.md#the-queue shows how.';
/** Whoever brings the events of S3. */
const SENDERS = ['s3.amazonaws.com', 'sns.amazonaws.com', 'events.amazonaws.com'];

/** @returns a length of time that was given to the second, as people say it. */
function lasting(seconds: number): string {
  return seconds >= DAY_S ? quantity(Math.floor(seconds / DAY_S), 'day') : `${seconds} s`;
}

export function kindFinding({ fifo, waiting, inFlight }: QueueAttributes): Finding {
  const fix = 'Create a standard queue; S3 sends to no other.';
  if (fifo) return failed('queue', { message: 'It is a FIFO queue.', fix, exit_code: 2 });
  return ok('queue', `It answers: about ${grouped(waiting)} waiting, ${grouped(inFlight)} held by somebody.`);
}

export function visibilityFinding({ visibilitySeconds: seconds }: QueueAttributes): Finding {
  if (seconds > 0) return ok('queue visibility', `${seconds} s; an intake sets 120 s itself, and extends them while it works.`);
  const message = 'It is 0 s: whoever else looks into the queue keeps nothing to themselves.';
  return warning('queue visibility', message, 'Set VisibilityTimeout to 120; intakes set their own.');
}

export function retentionFinding({ retentionSeconds: seconds }: QueueAttributes): Finding {
  const check = 'queue retention';
  const kept = lasting(seconds);
  if (seconds >= 4 * DAY_S) return ok(check, `What nobody reads is kept for ${kept}.`);
  const message = `What nobody reads is lost after ${kept}.`;
  return warning(check, message, `Set MessageRetentionPeriod to ${14 * DAY_S} (14 days).`);
}

/** The queue that messages are moved to; null where nobody could look at it. */
export type DeadLetters = QueueAttributes | 'missing' | null;

export function redriveFinding({ redrive, retentionSeconds }: QueueAttributes, dead: DeadLetters): Finding {
  const check = 'queue redrive';
  if (redrive === null) {
    const message =
      'No redrive policy: a message that cannot be read comes again until its retention ends where --dead-letter is not given.';
    return warning(
      check,
      message,
      `Create a second queue, and set a RedrivePolicy with maxReceiveCount ${LEAST_RECEIVES}; ${SETUP}`,
    );
  }
  const { arn, maxReceives } = redrive;
  const moved = `What was received ${quantity(maxReceives, 'time')} goes to ${arn}`;
  if (dead === 'missing')
    return warning(check, `${moved}, which is not there.`, 'Create that queue, or set a RedrivePolicy with another one.');
  if (maxReceives < LEAST_RECEIVES)
    return warning(
      check,
      `${moved}: good messages too, where an intake is restarted so often.`,
      `Set maxReceiveCount to ${LEAST_RECEIVES} or more.`,
    );
  if (dead !== null && dead.retentionSeconds < retentionSeconds)
    return warning(
      check,
      `${moved}, which keeps messages for ${lasting(dead.retentionSeconds)} after they were first sent, and this one for ${lasting(retentionSeconds)}: some are lost as they arrive.`,
      `Set MessageRetentionPeriod of the dead-letter queue to ${14 * DAY_S} (14 days).`,
    );
  return ok(check, `${moved}.`);
}

function namedIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function letsSend(statement: unknown): boolean {
  if (!isJsonObject(statement) || statement['Effect'] !== 'Allow') return false;
  const { Action: actions, Principal: principal } = statement;
  const may = namedIn(actions).some((action) => /^(sqs:)?(\*|SendMessage)$/iu.test(String(action)));
  const services = isJsonObject(principal) ? namedIn(principal['Service']).map(String) : [];
  const anybody = principal === '*' || (isJsonObject(principal) && namedIn(principal['AWS']).includes('*'));
  return may && (anybody || SENDERS.some((sender) => services.includes(sender)));
}

function statementsOf(policy: string | null): readonly unknown[] {
  try {
    const document: unknown = JSON.parse(policy ?? '{}');
    return isJsonObject(document) ? namedIn(document['Statement']) : [];
  } catch {
    return [];
  }
}

export function sendersFinding({ policy }: QueueAttributes): Finding {
  const check = 'queue senders';
  if (statementsOf(policy).some(letsSend)) return ok(check, 'Its policy lets S3, SNS or EventBridge send to it.');
  const message = 'Its policy lets neither S3, nor SNS, nor EventBridge send to it: no event of Amazon S3 gets there.';
  return warning(check, message, `Allow sqs:SendMessage to s3.amazonaws.com for your bucket; ${SETUP}`);
}

/** @returns whether to receive a message would bring it nearer to the dead-letter queue than it should be. */
export function receivingHarms({ waiting, redrive }: QueueAttributes): boolean {
  return waiting > 0 && redrive !== null && redrive.maxReceives < LEAST_RECEIVES;
}

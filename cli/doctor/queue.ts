import { type QueueAttributes, queueUrlBeside, readQueueAttributes } from '../../adapters/sqs/attributes.ts';
import { openEventQueue } from '../../adapters/sqs/queue.ts';
import { SECOND_MS } from '../../domain/units.ts';
import { problemOf } from '../problem.ts';
import { examined, failed, type Finding, ok, skipped, warning } from './finding.ts';
import {
  type DeadLetters,
  kindFinding,
  receivingHarms,
  redriveFinding,
  retentionFinding,
  sendersFinding,
  visibilityFinding,
} from './queue-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const QUEUE_FIX = 'Check the URL, AWS_REGION, AWS_ENDPOINT_URL_SQS and the credentials.';
const PERMISSIONS = 'infra/iam/intake.json is all that an intake needs.';
/** Of no message: whoever may remove or keep messages is told so, and nothing is. */
const NO_MESSAGE = { id: 'doctor', body: '', receipt: 'tilescribe-doctor' };

function problemIn(error: unknown): string | undefined {
  return (error as { readonly problem?: string }).problem;
}

/** @returns null where we may not see it. @throws EventQueueError for any other reason */
async function attributesIfAllowed(url: string, environment: Environment): Promise<QueueAttributes | null> {
  try {
    return await readQueueAttributes(url, environment);
  } catch (error) {
    if (problemIn(error) === 'denied') return null;
    throw error;
  }
}

async function deadLetters(url: string, { redrive }: QueueAttributes, environment: Environment): Promise<DeadLetters> {
  try {
    return redrive === null ? null : await readQueueAttributes(queueUrlBeside(url, redrive.arn), environment);
  } catch (error) {
    // It may be somebody else's: then nothing is said of it.
    return problemIn(error) === 'missing' ? 'missing' : null;
  }
}

async function settingsFindings(url: string, environment: Environment, seen: QueueAttributes | null): Promise<Finding[]> {
  if (seen === null) {
    const message = 'How it was set up cannot be seen: sqs:GetQueueAttributes is refused. An intake does not need it.';
    return [warning('queue', message, 'Allow sqs:GetQueueAttributes on the queue to whoever runs doctor.')];
  }
  const dead = await deadLetters(url, seen, environment);
  return [kindFinding(seen), redriveFinding(seen, dead), retentionFinding(seen), visibilityFinding(seen), sendersFinding(seen)];
}

/** Receives nothing for long: what comes is there for others at once. */
async function receiving(queue: ReturnType<typeof openEventQueue>, seen: QueueAttributes | null): Promise<Finding> {
  const check = 'queue receive';
  if (seen !== null && receivingHarms(seen))
    return skipped(check, 'Not tried: it would bring a waiting message nearer to the dead-letter queue.');
  return examined(check, PERMISSIONS, async () => {
    await queue.receive({ most: 1, waitMs: SECOND_MS, visibilityMs: 0 });
    return ok(check, 'These credentials may receive messages.');
  });
}

async function permissionFindings(url: string, environment: Environment, seen: QueueAttributes | null): Promise<Finding[]> {
  const queue = openEventQueue({ url, deadLetterUrl: null }, environment);
  const tried = (check: string, may: string, act: () => Promise<void>): Promise<Finding> =>
    examined(check, PERMISSIONS, async () => {
      await act();
      return ok(check, `These credentials may ${may} messages.`);
    });
  try {
    return await Promise.all([
      receiving(queue, seen),
      tried('queue remove', 'remove', () => queue.remove([NO_MESSAGE])),
      tried('queue keep', 'keep', () => queue.extend([NO_MESSAGE], 0)),
    ]);
  } finally {
    queue.close();
  }
}

/** Looks at a queue of events without taking anything from it. */
export async function queueFindings(url: string | undefined, environment: Environment): Promise<Finding[]> {
  if (url === undefined) return [skipped('queue', 'Not checked: say where events come from with --queue URL.')];
  try {
    const seen = await attributesIfAllowed(url, environment);
    return [...(await settingsFindings(url, environment, seen)), ...(await permissionFindings(url, environment, seen))];
  } catch (error) {
    const { sentence, exitCode } = problemOf(error);
    return [failed('queue', { message: sentence, fix: QUEUE_FIX, exit_code: exitCode })];
  }
}

import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import { connectSqs, type Environment } from './client.ts';
import { eventQueueError } from './problems.ts';

/** How a queue was set up, and what is in it. */
export interface QueueAttributes {
  readonly fifo: boolean;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  /** About so many messages wait. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Where messages go that were received too often, by its ARN. */
  readonly redrive: { readonly arn: string; readonly maxReceives: number } | null;
  /** Who may do what with it, as JSON; null where only its owner may anything. */
  readonly policy: string | null;
}

type Attributes = Readonly<Partial<Record<QueueAttributeName, string>>>;

function redriveOf({ RedrivePolicy: text }: Attributes): QueueAttributes['redrive'] {
  if (!text) return null;
  const { deadLetterTargetArn: arn, maxReceiveCount } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return { arn: String(arn), maxReceives: Number(maxReceiveCount) };
}

/** @throws EventQueueError */
export async function readQueueAttributes(url: string, environment: Environment = process.env): Promise<QueueAttributes> {
  const connection = connectSqs(url, environment);
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
    const { Attributes: all = {} } = await connection.client.send(command);
    const count = (name: QueueAttributeName): number => Number(all[name] ?? 0);
    return {
      fifo: all['FifoQueue'] === 'true',
      visibilitySeconds: count('VisibilityTimeout'),
      retentionSeconds: count('MessageRetentionPeriod'),
      waiting: count('ApproximateNumberOfMessages'),
      inFlight: count('ApproximateNumberOfMessagesNotVisible'),
      redrive: redriveOf(all),
      policy: all['Policy'] || null,
    };
  } catch (error) {
    throw eventQueueError(error, { action: 'sqs:GetQueueAttributes', url }, connection);
  } finally {
    connection.client.destroy();
  }
}

/** @returns the URL of the queue with that ARN, which is in the region and at the server of another one. */
export function queueUrlBeside(url: string, arn: string): string {
  const [account = '', name = ''] = arn.split(':').slice(-2);
  return new URL(`/${account}/${name}`, url).href;
}

import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { localSqsClient, queueSize } from '../../local/queues.ts';
import type { S3Access } from '../../local/s3-server.ts';
import { uniqueName } from './servers.ts';

/** A message as whoever looks into the queue sees it. */
export interface Seen {
  readonly body: string;
  readonly reason: string;
}

/** A queue of one test's own, at the server that also serves S3. */
export interface TestQueue {
  readonly url: string;
  readonly arn: string;
  send(body: string): Promise<void>;
  /** What may be received now; it is nobody else's for a second. */
  look(): Promise<Seen[]>;
  /** Messages that are there, those in flight included. */
  size(): Promise<number>;
  purge(): Promise<void>;
  close(): void;
}

/** Creates a queue that nobody else uses. */
export async function createTestQueue(server: S3Access, set: Readonly<Record<string, string>> = {}): Promise<TestQueue> {
  const client = localSqsClient(server);
  const { QueueUrl: url = '' } = await client.send(
    new CreateQueueCommand({ QueueName: uniqueName('queue'), Attributes: { ...set } }),
  );
  const named = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const { Attributes: { QueueArn: arn = '' } = {} } = await client.send(named);
  return {
    url,
    arn,
    send: async (body) => void (await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }))),
    look: async () => {
      const options = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 1, MessageAttributeNames: ['All'] };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url, ...options }));
      return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
        body: Body,
        reason: MessageAttributes['tilescribe_reason']?.StringValue ?? '',
      }));
    },
    size: () => queueSize(client, url),
    purge: async () => void (await client.send(new PurgeQueueCommand({ QueueUrl: url }))),
    close: () => client.destroy(),
  };
}

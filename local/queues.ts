import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sum } from '../domain/units.ts';
import type { S3Access } from './s3-server.ts';

const SIZES = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/** A client of the queues of a local server. The caller destroys it. */
export function localSqsClient({ endpoint, region, accessKeyId, secretAccessKey }: S3Access): SQSClient {
  // The SDK's notice about Node versions is for us, not for whoever runs tilescribe.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return new SQSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, useQueueUrlAsEndpoint: false });
}

/** @returns how many messages a queue has, those that somebody holds included. */
export async function queueSize(client: SQSClient, url: string): Promise<number> {
  const { Attributes: sizes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...SIZES] }),
  );
  return sum(SIZES.map((name) => Number(sizes[name])));
}

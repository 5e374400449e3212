import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { localS3Client } from '../../local/buckets.ts';
import { sharedServers } from '../support/servers.ts';
import { createTestQueue, type TestQueue } from '../support/sqs-queues.ts';
import type { Scene } from './scene.ts';

/** Where the events of a scene's bucket go. */
export interface EventQueues {
  readonly main: TestQueue;
  readonly dead: TestQueue;
  /** The options by which an intake is told. */
  readonly options: readonly string[];
}

/** Makes S3 tell a queue of what happens below `tiles/`. @param end takes what closes the queues. */
export async function openEvents({ bucket }: Scene, end: (close: () => void) => void): Promise<EventQueues> {
  const { s3 } = sharedServers();
  const [main, dead] = [await createTestQueue(s3), await createTestQueue(s3)];
  const client = localS3Client(s3);
  end(() => {
    for (const queue of [main, dead]) queue.close();
    client.destroy();
  });
  const below = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'tiles/' }] } };
  const told = { QueueArn: main.arn, Events: ['s3:ObjectCreated:*' as const, 's3:ObjectRemoved:*' as const], Filter: below };
  const NotificationConfiguration = { QueueConfigurations: [told] };
  await client.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket.name, NotificationConfiguration }));
  return { main, dead, options: ['--queue', main.url, '--dead-letter', dead.url] };
}

/** @returns a notification as S3 writes it. */
export function notification(bucket: string, key: string, object: { readonly eTag: string; readonly sequencer: string }): string {
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
  const s3 = { bucket: { name: bucket }, object: { key: encoded, size: 1, ...object } };
  return JSON.stringify({ Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] });
}

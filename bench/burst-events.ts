import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { batches } from '../domain/batches.ts';
import { localSqsClient, queueSize } from '../local/queues.ts';
import type { S3Access } from '../local/s3-server.ts';
import { BUCKET } from './run-scene.ts';

const REPEATED_EVERY = 20;
/** A prime: every event once, far from those beside it. */
const SHUFFLE = 7_919;
const MOST_A_REQUEST = 10;
const AT_ONCE = 16;

/** An object that was put. */
export interface PutObject {
  readonly key: string;
  readonly eTag: string;
  readonly size: number;
}

/** @returns what S3 says of it. @param n how many were put before. */
function notification({ key, eTag, size }: PutObject, n: number): string {
  const object = { key: encodeURIComponent(key), eTag, size, sequencer: n.toString(16).padStart(16, '0') };
  const s3 = { bucket: { name: BUCKET }, object };
  return JSON.stringify({ Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] });
}

/** @returns a message for every object, a second one for every twentieth, in disorder. */
export function burstOf(objects: readonly PutObject[]): string[] {
  const once = objects.map(notification);
  const all = [...once, ...once.filter((_, n) => n % REPEATED_EVERY === 0)];
  return all.map((_, n) => all[(n * SHUFFLE) % all.length] ?? '');
}

/** The queue of a burst. */
export interface BurstQueue {
  readonly url: string;
  send(bodies: readonly string[]): Promise<void>;
  /** Messages that are there, those that somebody holds included. */
  size(): Promise<number>;
  close(): void;
}

export async function createBurstQueue(server: S3Access): Promise<BurstQueue> {
  const client = localSqsClient(server);
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: 'burst' }));
  return {
    url: QueueUrl,
    send: async (bodies) => {
      const requests = batches(bodies, MOST_A_REQUEST);
      const sender = async (): Promise<void> => {
        for (const some of requests) {
          const Entries = some.map((MessageBody, n) => ({ Id: String(n), MessageBody }));
          await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sender));
    },
    size: () => queueSize(client, QueueUrl),
    close: () => client.destroy(),
  };
}

import { systemClock } from '../../adapters/clock.ts';
import { eventQueueContract } from '../contracts/event-queue.ts';
import { MemoryQueue } from './memory-queue.ts';

eventQueueContract('A memory', async () => {
  const queue = new MemoryQueue(systemClock);
  return { queue, send: async (body) => queue.send(body), deadLetters: async () => queue.deadLetters, close: async () => {} };
});

import { randomUUID } from 'node:crypto';
import { EventQueueError, type EventQueue, type QueueMessage, type ReceiveOptions } from '../../ports/event-queue.ts';
import type { Clock } from '../../ports/clock.ts';

interface Stored {
  readonly id: string;
  readonly body: string;
  receipt: string;
  visibleAtMs: number;
}

export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
}

/** A queue in memory that delivers again what is not removed in time, by the test's own clock. */
export class MemoryQueue implements EventQueue {
  readonly deadLetters: DeadLetter[] = [];
  /** Called before every request; what it throws is the request's end. */
  before: (request: keyof EventQueue) => void = () => {};
  private readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  private readonly messages = new Map<string, Stored>();
  private readonly waiting = new Set<AbortController>();

  constructor(clock: Pick<Clock, 'monotonicMs' | 'sleep'>) {
    this.clock = clock;
  }

  /** How many messages are there, those that nobody may see at the moment included. */
  get size(): number {
    return this.messages.size;
  }

  /** @returns what is there, in the order in which it was sent. */
  bodies(): string[] {
    return [...this.messages.values()].map(({ body }) => body);
  }

  send(body: string): void {
    const id = randomUUID();
    this.messages.set(id, { id, body, receipt: '', visibleAtMs: 0 });
    this.wake();
  }

  async receive({ most, waitMs, visibilityMs, signal }: ReceiveOptions): Promise<readonly QueueMessage[]> {
    this.before('receive');
    const end = this.clock.monotonicMs() + waitMs;
    if (signal?.aborted === true) return [];
    for (;;) {
      const delivered = this.deliver(most, visibilityMs);
      const leftMs = end - this.clock.monotonicMs();
      if (delivered.length > 0 || leftMs <= 0) return delivered;
      await this.rest(leftMs);
    }
  }

  async remove(messages: readonly QueueMessage[]): Promise<void> {
    this.before('remove');
    for (const stored of this.held(messages)) this.messages.delete(stored.id);
  }

  async extend(messages: readonly QueueMessage[], visibilityMs: number): Promise<void> {
    this.before('extend');
    for (const stored of this.held(messages)) stored.visibleAtMs = this.clock.monotonicMs() + visibilityMs;
    this.wake();
  }

  async setAside({ body }: QueueMessage, reason: string): Promise<void> {
    this.before('setAside');
    this.deadLetters.push({ body, reason: reason.replaceAll(/\p{Cc}/gu, '?') });
  }

  private wake(): void {
    for (const waiting of this.waiting) waiting.abort();
  }

  /** Until a message may be delivered again, something is sent, or the wait is over. */
  private async rest(mostMs: number): Promise<void> {
    const now = this.clock.monotonicMs();
    const visible = [...this.messages.values()].reduce((first, { visibleAtMs }) => Math.min(first, visibleAtMs), now + mostMs);
    const news = new AbortController();
    this.waiting.add(news);
    await this.clock.sleep(Math.max(1, visible - now), news.signal);
    this.waiting.delete(news);
  }

  private deliver(most: number, visibilityMs: number): QueueMessage[] {
    const now = this.clock.monotonicMs();
    const delivered: QueueMessage[] = [];
    for (const stored of this.messages.values()) {
      if (delivered.length >= most) break;
      if (stored.visibleAtMs > now) continue;
      stored.receipt = randomUUID();
      stored.visibleAtMs = now + visibilityMs;
      delivered.push({ id: stored.id, body: stored.body, receipt: stored.receipt });
    }
    return delivered;
  }

  private held(messages: readonly QueueMessage[]): Stored[] {
    return messages.flatMap(({ id, receipt }) => {
      const stored = this.messages.get(id);
      const still = stored?.receipt === receipt && stored.visibleAtMs > this.clock.monotonicMs();
      return stored !== undefined && still ? [stored] : [];
    });
  }
}

/** @returns an error as of a queue that does not answer. */
export function queueAway(): EventQueueError {
  return new EventQueueError('unreachable', 'The queue does not answer.');
}

/** @returns an error as of a queue that has as many messages in flight as it may. */
export function queueFull(): EventQueueError {
  return new EventQueueError('full', 'The queue is full.');
}

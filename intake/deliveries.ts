import type { EventQueue, QueueMessage } from '../ports/event-queue.ts';

/** A message that nobody else has, until all that it says is settled. */
export interface Delivery {
  /** As it was delivered last. */
  message: QueueMessage;
  /** Events that no run owns yet. */
  unsettled: number;
  extendAtMs: number;
}

/** Messages that were received and not yet removed. */
export class Deliveries {
  readonly #queue: EventQueue;
  readonly #visibilityMs: number;
  readonly #held = new Map<string, Delivery>();
  #settled: Delivery[] = [];

  constructor(queue: EventQueue, visibilityMs: number) {
    this.#queue = queue;
    this.#visibilityMs = visibilityMs;
  }

  get size(): number {
    return this.#held.size;
  }

  /** @returns null where the message is held already: it was delivered again, and the new receipt counts. */
  take(message: QueueMessage, nowMs: number): Delivery | null {
    const extendAtMs = nowMs + this.#visibilityMs / 2;
    const held = this.#held.get(message.id);
    if (held !== undefined) {
      Object.assign(held, { message, extendAtMs });
      return null;
    }
    const delivery: Delivery = { message, unsettled: 0, extendAtMs };
    this.#held.set(message.id, delivery);
    return delivery;
  }

  /** One event of it needs nothing more. @returns whether that was the last one. */
  settle(delivery: Delivery): boolean {
    delivery.unsettled -= 1;
    if (delivery.unsettled > 0) return false;
    this.#settled.push(delivery);
    return true;
  }

  /** Holds it no longer; it comes again. */
  leave({ message }: Delivery): void {
    this.#held.delete(message.id);
  }

  /** Takes what is settled off the queue. @returns how many messages. */
  async removeSettled(): Promise<number> {
    const settled = [...this.#settled];
    if (settled.length === 0) return 0;
    await this.#queue.remove(settled.map(({ message }) => message));
    for (const { message } of settled) this.#held.delete(message.id);
    this.#settled = this.#settled.slice(settled.length);
    return settled.length;
  }

  /** Keeps from others what is half-way to being theirs. */
  async extendDue(nowMs: number): Promise<void> {
    const due = [...this.#held.values()].filter(({ extendAtMs }) => extendAtMs <= nowMs);
    if (due.length === 0) return;
    const messages = due.map(({ message }) => message);
    await this.#queue.extend(messages, this.#visibilityMs);
    for (const delivery of due) delivery.extendAtMs = nowMs + this.#visibilityMs / 2;
  }

  /** Gives everything back at once. */
  async giveBack(): Promise<void> {
    const messages = [...this.#held.values()].map(({ message }) => message);
    this.#held.clear();
    if (messages.length > 0) await this.#queue.extend(messages, 0);
  }
}

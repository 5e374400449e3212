import { droppedByFilter, withDropped, type EventDrop } from '../domain/intake-counts.ts';
import type { EventMessage, ObjectEvent } from '../domain/object-event.ts';
import type { QueueMessage } from '../ports/event-queue.ts';
import { readEventMessage } from '../schema/object-event.ts';
import { isAway, isQueueProblem } from './away.ts';
import type { Delivery } from './deliveries.ts';
import { VISIBILITY_MS, type Table } from './table.ts';

/** Messages into events that wait for a run. */

/** As many as are asked for at once: what is not half-way through soon goes on to the others. */
const MOST_AT_ONCE = 1_000;

function drop(table: Table, delivery: Delivery, why: EventDrop): void {
  table.counts = withDropped(table.counts, why);
  table.deliveries.settle(delivery);
}

function takeEvent(table: Table, event: ObjectEvent, delivery: Delivery): void {
  const why = droppedByFilter(event, table.settings.filter);
  if (why !== null) return drop(table, delivery, why);
  const entry = { event, deliveries: [delivery], sinceMs: table.ports.clock.monotonicMs() };
  if (table.pending.add(entry)) table.counts = withDropped(table.counts, 'merged');
}

function takeEvents(table: Table, { events, others }: Extract<EventMessage, { kind: 'events' }>, delivery: Delivery): void {
  delivery.unsettled = events.length + others;
  table.counts = { ...table.counts, events: table.counts.events + events.length };
  for (const event of events) takeEvent(table, event, delivery);
  for (let other = 0; other < others; other += 1) drop(table, delivery, 'other');
}

interface Unreadable {
  readonly delivery: Delivery;
  readonly reason: string;
}

/** @returns false where it is too long to be set aside with its reason. @throws EventQueueError */
async function setAside({ ports }: Table, { delivery, reason }: Unreadable): Promise<boolean> {
  try {
    await ports.queue.setAside(delivery.message, reason);
    return true;
  } catch (error) {
    if (!isQueueProblem(error, 'too_long')) throw error;
    return false;
  }
}

function leave(table: Table, { delivery, reason }: Unreadable, why = ''): string {
  const { set_aside: aside, left } = table.counts.unreadable;
  table.deliveries.leave(delivery);
  table.counts = { ...table.counts, unreadable: { set_aside: aside, left: left + 1 } };
  return `is left to the redrive policy of the queue${why}: ${reason}`;
}

/** @returns what is to be told of it. @throws EventQueueError */
async function takeUnreadable(table: Table, unreadable: Unreadable): Promise<string> {
  if (!table.settings.deadLetters) return leave(table, unreadable);
  if (!(await setAside(table, unreadable))) return leave(table, unreadable, ', as it is too long for the dead-letter queue');
  const { set_aside: aside, left } = table.counts.unreadable;
  table.deliveries.settle(unreadable.delivery);
  table.counts = { ...table.counts, unreadable: { set_aside: aside + 1, left } };
  return `is in the dead-letter queue: ${unreadable.reason}`;
}

/**
 * @throws EventQueueError. Where that is waited for, those that nothing was done about come again after a while; where it
 * ends the intake they are given back with all others.
 */
async function takeAllUnreadable(table: Table, unreadable: readonly Unreadable[]): Promise<void> {
  for (const [at, one] of unreadable.entries())
    try {
      table.ports.tell(`message ${one.delivery.message.id} cannot be read, and ${await takeUnreadable(table, one)}`);
    } catch (error) {
      const waitedFor = isAway(error) || isQueueProblem(error, 'full');
      for (const { delivery } of waitedFor ? unreadable.slice(at) : []) table.deliveries.leave(delivery);
      throw error;
    }
}

/** @returns what cannot be read of it. */
function takeMessage(table: Table, message: QueueMessage): Unreadable[] {
  const delivery = table.deliveries.take(message, table.ports.clock.monotonicMs());
  if (delivery === null) return [];
  table.counts = { ...table.counts, messages: table.counts.messages + 1 };
  const read = readEventMessage(message.body);
  if (read.kind === 'unreadable') return [{ delivery, reason: read.reason }];
  if (read.kind === 'events') takeEvents(table, read, delivery);
  else drop(table, delivery, read.kind);
  return [];
}

/** @returns how many messages came. @throws EventQueueError */
export async function receiveMore(table: Table, waitMs: number): Promise<number> {
  const { ports, settings, pending } = table;
  const most = Math.min(MOST_AT_ONCE, Math.max(1, settings.batch - pending.size));
  const messages = await ports.queue.receive({ most, waitMs, visibilityMs: VISIBILITY_MS, signal: settings.signal });
  await takeAllUnreadable(
    table,
    messages.flatMap((message) => takeMessage(table, message)),
  );
  return messages.length;
}

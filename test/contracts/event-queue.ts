import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventQueue, QueueMessage } from '../../ports/event-queue.ts';

/** A queue with its dead-letter queue, and what the port cannot do itself. */
export interface QueueWorld {
  readonly queue: EventQueue;
  send(body: string): Promise<void>;
  deadLetters(): Promise<readonly { readonly body: string; readonly reason: string }[]>;
  close(): Promise<void>;
}

const LONG_MS = 60_000;
const SHORT_MS = 1_000;
/** Long enough to extend it before it is over. */
const HELD_MS = 6_000;
const WAIT_MS = 5_000;

/** What every EventQueue promises, whatever it is made of. Each promise begins and ends with an empty queue. */
export function eventQueueContract(name: string, create: () => Promise<QueueWorld>): void {
  describe(`${name} as an event queue`, () => {
    let world: QueueWorld;
    const receive = (most: number, visibilityMs = LONG_MS, waitMs = WAIT_MS): Promise<readonly QueueMessage[]> =>
      world.queue.receive({ most, waitMs, visibilityMs });
    const sendAll = (bodies: readonly string[]): Promise<unknown> => Promise.all(bodies.map((body) => world.send(body)));
    const bodies = (messages: readonly QueueMessage[]): string[] => messages.map(({ body }) => body).toSorted();

    async function receiveAll(count: number): Promise<QueueMessage[]> {
      const received: QueueMessage[] = [];
      while (received.length < count) received.push(...(await receive(count - received.length)));
      return received;
    }

    beforeAll(async () => {
      world = await create();
    });
    afterAll(() => world.close());

    it('brings nothing where nothing is, after the wait', async () => {
      expect(await receive(10, LONG_MS, 1_000)).toEqual([]);
    });

    it('brings what was sent, byte by byte, to one receiver only', async () => {
      const sent = ['plain', '{"key":"ü 🚢 \\u0000"}', '  blanks  '];
      await sendAll(sent);
      const received = await receiveAll(sent.length);
      expect(bodies(received)).toEqual(sent.toSorted());
      expect(await receive(10, LONG_MS, 1_000)).toEqual([]);
      await world.queue.remove(received);
    });

    it('waits for a message that is still to come', async () => {
      const waiting = receive(1);
      await world.send('late');
      const received = await waiting;
      expect(bodies(received)).toEqual(['late']);
      await world.queue.remove(received);
    });

    it('brings many at once, and never more than asked for', async () => {
      const sent = Array.from({ length: 64 }, (_, n) => `m${n}`);
      await sendAll(sent);
      const few = await receive(3);
      expect(few.length).toBeLessThanOrEqual(3);
      const some = await receive(15);
      expect(some.length).toBeLessThanOrEqual(15);
      const received = [...few, ...some, ...(await receiveAll(sent.length - few.length - some.length))];
      expect(bodies(received)).toEqual(sent.toSorted());
      expect(new Set(received.map(({ id }) => id)).size).toBe(sent.length);
      await world.queue.remove(received);
    });

    it('brings a message again, by the same id, where nobody removed it in time', async () => {
      await world.send('again');
      const [first] = await receive(1, SHORT_MS);
      const [second] = await receive(1);
      expect(second).toMatchObject({ id: first?.id, body: 'again' });
      await world.queue.remove(second === undefined ? [] : [second]);
      expect(await receive(1, LONG_MS, 1_000)).toEqual([]);
    });

    it('keeps a message from others for as long as it is extended', async () => {
      await world.send('held');
      const received = await receive(1, HELD_MS);
      await world.queue.extend(received, LONG_MS);
      expect(await receive(1, LONG_MS, HELD_MS + 2_000)).toEqual([]);
      await world.queue.remove(received);
    });

    it('brings a message that was given back at once', async () => {
      await world.send('back');
      await world.queue.extend(await receive(1), 0);
      const again = await receive(1);
      expect(bodies(again)).toEqual(['back']);
      await world.queue.remove(again);
    });

    it('passes over what was removed already', async () => {
      await world.send('once');
      const received = await receive(1);
      await world.queue.remove(received);
      await world.queue.remove(received);
      await world.queue.extend(received, LONG_MS);
      expect(await receive(1, LONG_MS, 1_000)).toEqual([]);
    });

    it('brings what still comes after it was told to stop, and asks for nothing more', async () => {
      const stop = new AbortController();
      const wanted = { most: 1, waitMs: WAIT_MS, visibilityMs: LONG_MS, signal: stop.signal };
      const waiting = world.queue.receive(wanted);
      stop.abort();
      await world.send('late');
      const received = await waiting;
      expect(bodies(received)).toEqual(['late']);
      await world.queue.extend(received, 0);
      expect(await world.queue.receive(wanted)).toEqual([]);
      await world.queue.remove(await receive(1));
    });

    it('sets a message aside with a reason, and leaves it where it is', async () => {
      await world.send('{"not": "an event"}');
      const received = await receive(1);
      for (const message of received) await world.queue.setAside(message, 'no event\u0007 of S3');
      expect(await world.deadLetters()).toEqual([{ body: '{"not": "an event"}', reason: 'no event? of S3' }]);
      await world.queue.remove(received);
    });
  });
}

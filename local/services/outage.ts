import type { IncomingMessage } from 'node:http';
import type { ServiceParts } from './job-queue.ts';
import type { Reply } from './reply.ts';
import { routeOf } from './route.ts';
import { spoiledReply } from './spoiled.ts';

/** What a whole service can be like, every path of it; `refused` takes no connection at all. */
export const OUTAGES = ['refused', 'gone', 'unauthorized', 'forbidden', 'unavailable', 'bad_gateway', 'silence'] as const;

/** A time in which a service is not there. Its jobs run on meanwhile. */
export interface Outage {
  readonly fault: (typeof OUTAGES)[number];
  /** It ends by itself after so long; otherwise when it is told to. */
  readonly seconds?: number;
  /** Of `unavailable`. */
  readonly retryAfterSeconds?: number;
}

/** The outages of one service: at most one at a time, beside whatever faults it has. */
export class Outages {
  readonly #note: ServiceParts['note'];
  #current: Outage | null = null;
  #timer: NodeJS.Timeout | undefined;
  #requests = 0;
  /** Told when connections are refused from now on, and when they are taken again. */
  refusing: (refused: boolean) => void = () => undefined;

  constructor(note: ServiceParts['note']) {
    this.#note = note;
  }

  /** Begins an outage in place of the one there is, or ends it. */
  change(next: Outage | null): void {
    clearTimeout(this.#timer);
    const before = this.#current;
    this.#current = next;
    if (before !== null) this.#note({ event: 'outage_ended', pool: 'http', fault: before.fault });
    if (next !== null) this.#note({ event: 'outage_began', pool: 'http', fault: next.fault });
    const [was, is] = [before, next].map((outage) => outage?.fault === 'refused');
    if (was !== is) this.refusing(is === true);
    if (next?.seconds !== undefined) this.#timer = setTimeout(() => this.change(null), next.seconds * 1_000);
  }

  /** @returns what stands in for every reply now; null where there is no outage. */
  reply({ url = '/', method = 'GET' }: IncomingMessage): Reply | null {
    const outage = this.#current;
    if (outage === null) return null;
    const { fault, ...more } = outage;
    const route = routeOf(method, new URL(url, 'http://simulated').pathname);
    this.#note({ event: 'fault', pool: 'http', fault, ...('call' in route ? { call: route.call } : {}) });
    if (fault === 'refused') return { kind: 'reset' };
    const real = { kind: 'whole', status: 200, headers: {}, body: '' } as const;
    return spoiledReply(fault, { fault: { fault, ...more }, real, url, request: ++this.#requests });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#current = null;
  }
}

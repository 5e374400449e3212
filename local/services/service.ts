import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Edge } from './edge.ts';
import { Exchange } from './exchange.ts';
import { FaultPlan, type Fault } from './faults.ts';
import { FrontEnd } from './front-end.ts';
import { JobQueue, type ServiceParts } from './job-queue.ts';
import { Outages, type Outage } from './outage.ts';
import { Pictures } from './pictures.ts';
import { sendReply, statusOf, type Reply } from './reply.ts';
import { routeOf } from './route.ts';

/** What can be changed while a service runs; what is left out stays as it is. */
export interface Disturbance {
  /** Replaces all faults, and begins their counting and rolling anew. */
  readonly faults?: readonly Fault[];
  /** Jobs that start from now on take so many times longer; 1 for normal. */
  readonly slowdown?: number;
  /** Takes the oldest so many containers of the jobs away, now. A redeploy takes all. */
  readonly preempt?: number;
  /** Begins an outage, or with null ends it; faults stay as they are. */
  readonly outage?: Outage | null;
}

/** One simulated service behind its URL. */
export class SimulatedService {
  readonly jobs: JobQueue;
  readonly edge: Edge;
  readonly pictures = new Pictures();
  readonly outages: Outages;
  readonly note: ServiceParts['note'];
  readonly options: ServiceParts['options'];
  readonly #front: FrontEnd;
  readonly #seed: string;
  readonly #synchronous = new Set<Promise<void>>();
  faults: FaultPlan;

  constructor(parts: ServiceParts) {
    this.jobs = new JobQueue(parts);
    this.edge = new Edge(parts.options.edgeSeconds * 1_000);
    this.note = parts.note;
    this.options = parts.options;
    this.#front = new FrontEnd(parts);
    this.outages = new Outages(parts.note);
    this.#seed = parts.seed;
    this.faults = new FaultPlan(parts.seed, parts.options.faults);
  }

  /** Answers one request of the documents. */
  async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const outage = this.outages.reply(message);
    if (outage !== null) return sendReply(response, outage);
    const url = new URL(message.url ?? '/', 'http://simulated');
    const followed = message.method === 'GET' ? await this.edge.follow(url) : null;
    if (followed !== null) return sendReply(response, followed);
    const route = routeOf(message.method ?? 'GET', url.pathname);
    if ('kind' in route) return sendReply(response, route);
    const { request, admitted } = this.#front.open(route.call);
    const closed = new Promise<void>((resolve) => void response.once('close', resolve));
    const reply = this.#reply(admitted, new Exchange(this, message, { route, url, request }));
    const answered = this.edge.through(reply, url.pathname).then(async (sent) => sendReply(response, sent));
    let status: number | null = null;
    try {
      [status] = await Promise.all([reply.then(statusOf), answered, closed]);
    } finally {
      this.#front.closeRequest(request, status);
    }
  }

  disturb({ faults, slowdown, preempt, outage }: Disturbance): void {
    if (faults !== undefined) this.faults = new FaultPlan(this.#seed, faults);
    if (slowdown !== undefined) this.jobs.slowdown = slowdown;
    if (preempt !== undefined) this.jobs.preempt(preempt);
    if (outage !== undefined) this.outages.change(outage);
  }

  /** @returns whether a request carries all the headers that are required. */
  admits(headers: IncomingHttpHeaders): boolean {
    return Object.entries(this.options.requiredHeaders).every(([name, value]) => headers[name.toLowerCase()] === value);
  }

  /** A synchronous call holds up every other request until it is done, as it does at the real service. */
  async freeze(work: Promise<void>): Promise<void> {
    this.#synchronous.add(work);
    await work;
    this.#synchronous.delete(work);
  }

  close(): void {
    this.outages.close();
    this.jobs.close();
    this.#front.close();
    this.edge.close();
  }

  async #reply(admitted: Promise<void>, exchange: Exchange): Promise<Reply> {
    const turnedAway = exchange.arrive();
    if (turnedAway !== null) return turnedAway;
    await admitted;
    await Promise.all(this.#synchronous);
    return exchange.reply();
  }
}

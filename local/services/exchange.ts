import type { IncomingMessage } from 'node:http';
import {
  badRequestReply,
  completionReply,
  expiredReply,
  failedReply,
  healthReply,
  NO_CREDENTIALS,
  pendingReply,
  TOO_LARGE,
  acceptedReply,
  wordsIn,
} from './documented.ts';
import type { Call, Fault, Stage } from './faults.ts';
import { named } from './job-queue.ts';
import type { Question } from './jobs.ts';
import { statusOf, type Reply, type WholeReply } from './reply.ts';
import { BadRequest, readChatRequest } from './request.ts';
import type { OpenRequest } from './front-end.ts';
import type { Route } from './route.ts';
import type { SimulatedService } from './service.ts';
import { isReplyFault, spoiledReply } from './spoiled.ts';

/** A body larger than this is refused, 64 MiB. */
const LARGEST_BODY = 64 * 1_024 * 1_024;

/** What a fault without a real reply is made from. */
const NOTHING: WholeReply = { kind: 'whole', status: 200, headers: {}, body: '' };

/** One request at one service, from the moment a container took it to its reply. */
export class Exchange {
  readonly #service: SimulatedService;
  readonly #message: IncomingMessage;
  readonly #url: URL;
  readonly #route: Route;
  readonly #number: number;
  #body: Promise<Buffer | null> = Promise.resolve(null);
  #question: Question | null = null;

  constructor(
    service: SimulatedService,
    message: IncomingMessage,
    { route, url, request }: { route: Route; url: URL; request: OpenRequest },
  ) {
    this.#service = service;
    this.#message = message;
    this.#url = url;
    this.#route = route;
    this.#number = request.number;
  }

  /** What happens at the door, before a container takes the request: a fault's reply, or null and the body is being read. */
  arrive(): Reply | null {
    const fault = this.#strike('door');
    if (fault !== null) return this.#faulty(fault, NOTHING);
    if (!this.#asks()) return null;
    this.#body = readBody(this.#message);
    this.#body.catch(() => undefined);
    return null;
  }

  async reply(): Promise<Reply> {
    const reply = await this.#answer();
    if (this.#route.call === 'poll') this.#notePoll(statusOf(reply));
    return reply;
  }

  async #answer(): Promise<Reply> {
    if (!this.#service.admits(this.#message.headers)) return NO_CREDENTIALS;
    const refusal = this.#asks() ? await this.#read() : null;
    if (refusal !== null) return refusal;
    const fault = this.#strike('instead');
    if (fault !== null) return this.#faulty(fault, NOTHING);
    const real = await this.#real();
    return real.status === 200 ? this.#spoiled(real) : real;
  }

  #asks(): boolean {
    return this.#route.call === 'submit' || this.#route.call === 'sync';
  }

  /** Reads what is asked. @returns why it is refused, or null. */
  async #read(): Promise<WholeReply | null> {
    const body = await this.#body;
    if (body === null) return TOO_LARGE;
    try {
      this.#question = await this.#service.pictures.lookAt(readChatRequest(body));
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      this.#service.note({ event: 'refused', pool: 'jobs', status: 400 });
      return badRequestReply(error.message);
    }
    this.#service.note({ event: 'submit_received', pool: 'jobs', request: this.#number, ...this.#asked() });
    return null;
  }

  #asked(): { prompt?: string; sent_sha256?: string } {
    const prompt = this.#question?.chat.prompt;
    const sha256 = this.#question?.sha256 ?? null;
    return { ...(prompt === undefined ? {} : { prompt }), ...(sha256 === null ? {} : { sent_sha256: sha256 }) };
  }

  async #real(): Promise<WholeReply> {
    const replies: Record<Call, () => WholeReply | Promise<WholeReply>> = {
      submit: () => this.#submit(),
      sync: async () => this.#sync(),
      poll: () => this.#poll(this.#route.callId),
      health: () => healthReply(this.#service.options.model),
    };
    return replies[this.#route.call]();
  }

  /** @returns the question if the service takes it; the refusal of a picture that it cannot open. */
  #taken(): Question | WholeReply {
    const question = this.#question;
    if (question === null) throw new Error('a question is read before it is taken');
    if (question.unopenable === null || this.#service.options.picturesOpenedAt === 'job') return question;
    this.#service.note({ event: 'refused', pool: 'jobs', status: 500, ...this.#asked() });
    return failedReply(question.unopenable);
  }

  #submit(): WholeReply {
    const question = this.#taken();
    if ('kind' in question) return question;
    const job = this.#service.jobs.accept(question, this.#service.faults);
    return acceptedReply(job.callId, question.chat.model ?? this.#service.options.model);
  }

  async #sync(): Promise<WholeReply> {
    const question = this.#taken();
    if ('kind' in question) return question;
    const job = this.#service.jobs.accept(question, this.#service.faults);
    await this.#service.freeze(this.#service.jobs.done(job));
    const found = this.#service.jobs.find(job.callId);
    if (found.kind !== 'done') return failedReply(found.kind === 'failed' ? found.error : 'the service was stopped');
    const model = question.chat.model ?? this.#service.options.model;
    return completionReply({ id: 'modal', model, text: found.text, promptTokens: wordsIn(job.prompt) });
  }

  #poll(callId: string): WholeReply {
    const found = this.#service.jobs.find(callId);
    if (found.kind === 'expired') return expiredReply();
    if (found.kind === 'failed') return failedReply(found.error);
    if (found.kind !== 'done') return pendingReply(callId);
    return completionReply({ id: callId, model: this.#service.options.model, text: found.text, promptTokens: 0 });
  }

  #notePoll(status: number | null): void {
    const job = this.#service.jobs.jobOf(this.#route.callId);
    const who = job === null ? { call_id: this.#route.callId } : named(job);
    this.#service.note({ event: 'polled', pool: 'jobs', ...who, ...(status === null ? {} : { status }) });
  }

  #spoiled(real: WholeReply): Reply {
    const fault = this.#strike('after');
    return fault === null ? real : this.#faulty(fault, real);
  }

  #faulty(fault: Fault, real: WholeReply): Reply {
    if (fault.fault === 'see_other') return this.#service.edge.defer(Promise.resolve(real), this.#url.pathname, fault.hops ?? 0);
    if (!isReplyFault(fault.fault)) return real;
    return spoiledReply(fault.fault, { fault, real, url: this.#message.url ?? '/', request: this.#number });
  }

  /** A request that was redirected to this same service is not redirected again. */
  #strike(stage: Stage): Fault | null {
    const job = this.#route.callId === '' ? null : this.#service.jobs.jobOf(this.#route.callId);
    const fault = this.#service.faults.strike({
      call: this.#route.call,
      stage,
      job: job?.number ?? null,
      prompt: this.#question?.chat.prompt ?? job?.prompt ?? null,
      sha256: this.#question?.sha256 ?? job?.sha256 ?? null,
    });
    if (fault === null || (fault.fault === 'redirect_same' && this.#url.searchParams.has('again'))) return null;
    this.#service.note({ event: 'fault', pool: 'http', fault: fault.fault, call: this.#route.call, request: this.#number });
    return fault;
  }
}

/** @returns null for a body over the limit. */
async function readBody(message: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size <= LARGEST_BODY) pieces.push(piece);
  }
  return size > LARGEST_BODY ? null : Buffer.concat(pieces);
}

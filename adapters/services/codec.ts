import type { PollReply, SubmitReply } from '../../domain/reply.ts';
import type { HealthReply, Question } from '../../ports/model-service.ts';
import type { HttpReply, HttpRequest } from '../http/request.ts';

/** What follows a reply: another request, or the end. */
export type Step<Reply> = { readonly request: HttpRequest } | { readonly reply: Reply };

/** One call of the port as a reducer over HTTP. Both functions are pure. */
export interface Conversation<Ask, Reply> {
  begin(ask: Ask): HttpRequest;
  next(ask: Ask, seen: HttpReply): Step<Reply>;
}

/** How one API is spoken. */
export interface Codec {
  readonly submit: Conversation<Question, SubmitReply>;
  /** Asked with the call_id. */
  readonly poll: Conversation<string, PollReply>;
  readonly health: Conversation<null, HealthReply>;
}

/** What a codec needs to know beyond the API. */
export interface CodecContext {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Values that are never repeated to anybody. */
  readonly secrets: readonly string[];
  /** Wall clock, ms since 1970. */
  now(): number;
}

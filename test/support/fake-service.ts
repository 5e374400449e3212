import type { PollReply, SubmitReply } from '../../domain/reply.ts';
import type { HealthReply, ModelService, Question } from '../../ports/model-service.ts';
import { gate, type Gate } from './gate.ts';

export type ServiceCall =
  | { readonly call: 'submit'; readonly question: Question }
  | { readonly call: 'poll'; readonly callId: string }
  | { readonly call: 'health' };

export interface HeldCall {
  /** Resolves with the call once it has arrived. */
  readonly reached: Promise<ServiceCall>;
  release(): void;
}

interface Hold {
  readonly matches: (call: ServiceCall) => boolean;
  readonly arrival: Gate<ServiceCall>;
  readonly leave: Gate;
}

const QUIET = { digest: null, said: 'The service answered 200.', retryAfterMs: null, overload: false } as const;

export const accepted = (callId: string): SubmitReply => ({ ...QUIET, means: 'accepted', callId });
export const done = (text: string): PollReply => ({
  ...QUIET,
  means: 'done',
  answer: { text, finishReason: 'stop', completionTokens: 3 },
});
export const pending: PollReply = { ...QUIET, said: 'The service answered 202.', means: 'pending' };

/** @returns a reply that is neither an acceptance nor an answer. */
export function reply<Means extends string>(
  means: Means,
  more: { digest?: string; retryAfterMs?: number; overload?: boolean } = {},
): FakeReply<Means> {
  const overload = means === 'busy' || means === 'unavailable';
  return { digest: null, retryAfterMs: null, overload, ...more, said: `The service said: ${means}.`, means };
}

export interface FakeReply<Means extends string> {
  readonly digest: string | null;
  readonly said: string;
  readonly retryAfterMs: number | null;
  readonly overload: boolean;
  readonly means: Means;
}

/**
 * A service that says what the test scripts: queued replies first, in order, then its defaults (accept with call ids
 * `fc-1`, `fc-2`, ...; answer every known job at once; `expired` for ids it never gave).
 */
export class FakeService implements ModelService {
  readonly calls: ServiceCall[] = [];
  readonly submits: SubmitReply[] = [];
  /** By call_id; `'*'` for any. */
  readonly polls = new Map<string, PollReply[]>();
  healthReply: HealthReply = { healthy: true, message: 'The service answers.' };
  private readonly jobs = new Map<string, Question>();
  private holds: Hold[] = [];

  /** The next call that matches waits, after it has arrived and before it is answered. */
  hold(matches: (call: ServiceCall) => boolean): HeldCall {
    const made = { matches, arrival: gate<ServiceCall>(), leave: gate() };
    this.holds.push(made);
    return { reached: made.arrival.opened, release: () => made.leave.open() };
  }

  /** Jobs that were accepted, by call_id. */
  get accepted(): ReadonlyMap<string, Question> {
    return this.jobs;
  }

  async submit(question: Question): Promise<SubmitReply> {
    await this.arrive({ call: 'submit', question });
    const said = this.submits.shift() ?? accepted(`fc-${this.jobs.size + 1}`);
    if (said.means === 'accepted') this.jobs.set(said.callId, question);
    return said;
  }

  async poll(callId: string): Promise<PollReply> {
    await this.arrive({ call: 'poll', callId });
    const scripted = this.polls.get(callId)?.shift() ?? this.polls.get('*')?.shift();
    if (scripted !== undefined) return scripted;
    const question = this.jobs.get(callId);
    return question === undefined ? reply('expired') : done(`An answer to: ${question.prompt}`);
  }

  async health(): Promise<HealthReply> {
    await this.arrive({ call: 'health' });
    return this.healthReply;
  }

  async close(): Promise<void> {}

  private async arrive(call: ServiceCall): Promise<void> {
    this.calls.push(call);
    const hold = this.holds.find(({ matches }) => matches(call));
    this.holds = this.holds.filter((other) => other !== hold);
    hold?.arrival.open(call);
    await hold?.leave.opened;
  }
}

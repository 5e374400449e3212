import { randomBytes } from 'node:crypto';
import { answerText, wordingChance } from './answer.ts';
import { latencySeconds, rollOf } from './chance.ts';
import type { Fault } from './faults.ts';
import type { SimulatedServiceOptions } from './options.ts';
import type { Pixels } from './pixels.ts';
import type { Work } from './pool.ts';
import type { ChatRequest } from './request.ts';

/** A request whose picture was looked at. */
export interface Question {
  readonly chat: ChatRequest;
  readonly sha256: string | null;
  readonly pixels: Pixels | null;
  /** Why the picture cannot be opened; null where it can, and where there is none. */
  readonly unopenable: string | null;
}

/** `lost` is a job whose end the front end mistakes for not having ended. */
export type Outcome =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'lost' };

export interface Job {
  readonly number: number;
  readonly callId: string;
  readonly prompt: string;
  readonly sha256: string | null;
  /** What it will come to. */
  readonly outcome: Outcome;
  /** Seconds on an undisturbed slot. */
  readonly seconds: number;
  readonly preempted: boolean;
  /** Whether its latest start ends at the time limit. */
  cutOff: boolean;
  /** Null until it is done. */
  doneAtMs: number | null;
}

/** What a job is made of. */
export interface JobPlan {
  readonly number: number;
  readonly seed: string;
  readonly question: Question;
  readonly options: SimulatedServiceOptions;
  /** The fault that is to befall it, if any. */
  readonly fault: Fault | null;
}

/** @returns a job whose duration and outcome are settled; its id is new even where the seed is old. */
export function planJob(plan: JobPlan): Job {
  const { number, seed, question, options, fault } = plan;
  const rolled = latencySeconds(options.latency, rollOf(seed, 'latency', number), rollOf(seed, 'latency 2', number));
  return {
    number,
    callId: `fc-${randomBytes(13).toString('hex').toUpperCase()}`,
    prompt: question.chat.prompt,
    sha256: question.sha256,
    outcome: outcomeOf(plan),
    seconds: fault?.fault === 'job_times_out' ? Infinity : rolled,
    preempted: fault?.fault === 'job_preempted',
    cutOff: false,
    doneAtMs: null,
  };
}

function outcomeOf({ question, fault, options, number }: JobPlan): Outcome {
  if (fault?.fault === 'job_lost') return { kind: 'lost' };
  if (fault?.fault === 'job_fails') return { kind: 'failed', error: fault.error ?? 'simulated job failure' };
  if (question.unopenable !== null) return { kind: 'failed', error: question.unopenable };
  const { prompt, maxTokens, temperature } = question.chat;
  const chance = wordingChance(`${question.sha256}\n${prompt}`, temperature, number);
  return {
    kind: 'done',
    text: answerText({ answers: options.answers, prompt, pixels: question.pixels, sha256: question.sha256, maxTokens, chance }),
  };
}

/** How fast jobs are at the moment and when they are cut off. */
export interface Speed {
  /** 10 makes every job that starts ten times slower. */
  readonly slowdown: number;
  readonly timeoutSeconds: number;
}

/** @returns what its `start`th start brings: an end, or the loss of its container half through. */
export function workOf(job: Job, start: number, speed: Speed): Work {
  const seconds = Math.min(job.seconds * speed.slowdown, speed.timeoutSeconds);
  const lost = job.preempted && start === 1;
  return { ms: (lost ? seconds / 2 : seconds) * 1_000, ends: lost ? 'preempted' : 'finished' };
}

/** @returns whether a start at this speed ends at the time limit. */
export function isCutOff(job: Job, { slowdown, timeoutSeconds }: Speed): boolean {
  return job.seconds * slowdown > timeoutSeconds;
}

/** @returns what it came to, its latest start considered. */
export function finalOutcome(job: Job, timeoutSeconds: number): Outcome {
  return job.cutOff ? { kind: 'failed', error: `Task's current input hit its timeout of ${timeoutSeconds}s` } : job.outcome;
}

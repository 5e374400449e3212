import type { FaultPlan } from './faults.ts';
import { finalOutcome, isCutOff, planJob, workOf, type Job, type Outcome, type Question } from './jobs.ts';
import type { JournalEvent } from './journal.ts';
import type { SimulatedServiceOptions } from './options.ts';
import type { PoolChange } from './pool.ts';
import { TickingPool, type Now } from './ticking-pool.ts';

/** What one simulated service is made from. */
export interface ServiceParts {
  readonly name: string;
  readonly seed: string;
  readonly options: SimulatedServiceOptions;
  readonly now: Now;
  /** Appends to the journal. */
  readonly note: (event: Omit<JournalEvent, 'service' | 'at_ms'>, atMs?: number) => void;
}

/** What a poll finds. */
export type Found = Outcome | { readonly kind: 'pending' } | { readonly kind: 'expired' };

/** The jobs of one service, from their acceptance until their results expire. */
export class JobQueue {
  readonly #parts: ServiceParts;
  readonly #pool: TickingPool;
  readonly #jobs = new Map<string, Job>();
  readonly #waiting = new Map<string, () => void>();
  #accepted = 0;
  /** Makes every job that starts from now on so many times slower. */
  slowdown = 1;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    const { options } = parts;
    const limits = {
      inputsPerContainer: options.inputsPerContainer,
      slots: options.slots,
      maxContainers: options.maxContainers,
      coldStartMs: options.coldStartSeconds * 1_000,
      scaledownMs: options.scaledownSeconds * 1_000,
    };
    this.#pool = new TickingPool(limits, parts.now, (change) => this.#changed(change));
  }

  /** @returns the call's id; the job is queued. */
  accept(question: Question, faults: FaultPlan): Job {
    const number = ++this.#accepted;
    const occasion = {
      call: 'submit',
      stage: 'job',
      job: number,
      prompt: question.chat.prompt,
      sha256: question.sha256,
    } as const;
    const { seed, options } = this.#parts;
    const fault = faults.strike(occasion);
    const job = planJob({ number, seed, question, options, fault });
    this.#pool.advance();
    this.#jobs.set(job.callId, job);
    if (fault !== null) this.#parts.note({ event: 'fault', pool: 'jobs', fault: fault.fault, ...named(job) });
    this.#parts.note({ event: 'accepted', pool: 'jobs', inflight: this.#pool.unfinished + 1, ...named(job) });
    this.#pool.submit({ id: job.callId, work: (start) => this.#work(job, start) });
    return job;
  }

  /** @returns what became of a job; an id that no job has is one that expired. */
  find(callId: string): Found {
    this.#pool.advance();
    const job = this.#jobs.get(callId);
    if (job === undefined) return { kind: 'expired' };
    if (job.doneAtMs === null) return { kind: 'pending' };
    if (this.#parts.now() >= job.doneAtMs + this.#parts.options.retentionSeconds * 1_000) return { kind: 'expired' };
    return finalOutcome(job, this.#parts.options.timeoutSeconds);
  }

  jobOf(callId: string): Job | null {
    return this.#jobs.get(callId) ?? null;
  }

  /** Resolves when the job is done. */
  async done(job: Job): Promise<void> {
    if (job.doneAtMs === null) await new Promise<void>((resolve) => void this.#waiting.set(job.callId, resolve));
  }

  /** Takes the oldest containers away; their jobs start again. */
  preempt(count: number): void {
    this.#pool.preempt(count);
  }

  /** Stops the clock of this queue; whoever waits for a job waits no longer. */
  close(): void {
    this.#pool.close();
    for (const resolve of this.#waiting.values()) resolve();
  }

  #work(job: Job, start: number): ReturnType<typeof workOf> {
    const speed = { slowdown: this.slowdown, timeoutSeconds: this.#parts.options.timeoutSeconds };
    job.cutOff = isCutOff(job, speed);
    return workOf(job, start, speed);
  }

  #changed({ atMs, change, container, input }: PoolChange): void {
    const { note } = this.#parts;
    const job = input === null ? null : this.jobOf(input);
    if (job === null) return note({ event: change, pool: 'jobs', container }, atMs);
    const inflight = this.#pool.unfinished;
    if (change !== 'finished') return note({ event: change, pool: 'jobs', container, inflight, ...named(job) }, atMs);
    job.doneAtMs = atMs;
    const event = finalOutcome(job, this.#parts.options.timeoutSeconds).kind === 'done' ? 'finished' : 'failed';
    note({ event, pool: 'jobs', container, inflight, ...named(job) }, atMs);
    this.#waiting.get(job.callId)?.();
    this.#waiting.delete(job.callId);
  }
}

/** How a job stands in the journal. */
export function named(job: Job): Pick<JournalEvent, 'call_id' | 'prompt' | 'sent_sha256'> {
  return { call_id: job.callId, prompt: job.prompt, ...(job.sha256 === null ? {} : { sent_sha256: job.sha256 }) };
}

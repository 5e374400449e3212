import type { LeaseReply, LeaseReport, Remains } from '../../domain/lease.ts';

const TRUSTED_SHARE = 0.8;

/** A job that a service was really sent, whatever anybody knows of it. Times are ms. */
export interface RealJob {
  readonly began: number;
  readonly deadline: number;
  readonly ends: number;
  /** Nobody knows whether the submit became a job. */
  doubtful: boolean;
  /** The budget was told of the doubt, in a report that was answered. */
  told: boolean;
}

/** One attempt at a strand, with what it believes to hold. */
export interface Attempt {
  readonly n: number;
  readonly predecessorOpen: boolean;
  /** A report of its own was answered. */
  answered: boolean;
  seq: number;
  overtakenAt: number;
  granted: { readonly jobs: number; readonly http: number };
  trustedUntil: number;
  orphanMs: number;
  requestMs: number;
  /** When each of its requests ends. */
  open: number[];
}

const NOTHING = { jobs: 0, http: 0 };

export function openRequests(attempt: Attempt, now: number): number {
  attempt.open = attempt.open.filter((untilMs) => untilMs > now);
  return attempt.open.length;
}

/** A strand: its log, the attempt that has it, and those that were overtaken and may still poll. */
export class WorldStrand {
  readonly name: string;
  readonly service: string;
  /** What its log says; survives every attempt. */
  jobs: RealJob[] = [];
  attempt: Attempt | null = null;
  strays: Attempt[] = [];
  /** Logs of others that it has read. */
  readonly formers = new Map<string, { readonly readAtMs: number; readonly jobs: readonly RealJob[] }>();
  #n = 0;
  /** The last attempt ended its slice, and the budget knows of any before it that did not. */
  #ended = true;

  constructor(name: string, service: string) {
    this.name = name;
    this.service = service;
  }

  takeOver(now: number): void {
    if (this.attempt !== null) this.strays.push(Object.assign(this.attempt, { overtakenAt: now }));
    this.#n += 1;
    for (const job of this.jobs) job.told = false;
    const deadlines = { trustedUntil: 0, orphanMs: 0, requestMs: 0 };
    this.attempt = {
      n: this.#n,
      predecessorOpen: !this.#ended,
      answered: false,
      overtakenAt: Infinity,
      seq: 0,
      granted: NOTHING,
      ...deadlines,
      open: [],
    };
    this.#ended = false;
  }

  crash(): void {
    this.attempt = null;
    this.strays = [];
  }

  /** A slice ends when none of its requests is open. */
  endSlice(now: number): void {
    if (this.attempt === null || openRequests(this.attempt, now) > 0) return;
    this.#ended = this.attempt.answered || !this.attempt.predecessorOpen;
    this.attempt = null;
  }

  /** A call that was found late: the job is in flight again. */
  find(): void {
    const job = this.jobs.find(({ doubtful }) => doubtful);
    if (job !== undefined) job.doubtful = false;
  }

  /** What is known to have ended, or is past its deadline, is charged no longer. */
  collect(now: number): void {
    this.jobs = this.jobs.filter(({ ends, deadline, doubtful }) => deadline > now && (doubtful || ends > now));
  }

  standing(now: number): Pick<LeaseReport, 'inFlight' | 'oldestMs' | 'httpInUse' | 'ambiguous' | 'remains'> {
    const doubts = this.jobs.filter(({ doubtful }) => doubtful);
    return {
      inFlight: this.jobs.length - doubts.length,
      oldestMs: this.#oldestMs(now),
      httpInUse: this.attempt === null ? 0 : openRequests(this.attempt, now),
      ambiguous: doubts.map(({ deadline }) => ({ places: 1, untilMs: deadline })),
      remains: this.#remains(now),
    };
  }

  #oldestMs(now: number): number | null {
    const began = this.jobs.filter(({ doubtful }) => !doubtful).map((job) => job.began);
    return began.length === 0 ? null : now - Math.min(...began);
  }

  #remains(now: number): Remains[] {
    return [...this.formers].map(([holder, { readAtMs, jobs }]) => {
      const left = jobs.filter(({ deadline, doubtful, ends }) => deadline > now && (doubtful || ends > now));
      return { holder, readAtMs, charges: left.map(({ deadline }) => ({ places: 1, untilMs: deadline })) };
    });
  }

  /** From sending a report until its reply nothing is granted. */
  beginReport(): void {
    if (this.attempt !== null) Object.assign(this.attempt, { granted: NOTHING, trustedUntil: 0 });
  }

  accept(attempt: Attempt, of: { report: LeaseReport; reply: LeaseReply; sentAt: number }): void {
    const { report, reply, sentAt } = of;
    if (reply.refused === 'stale') return this.#lose(attempt);
    if (attempt.seq !== report.seq) return;
    attempt.answered = true;
    attempt.granted = reply.granted;
    attempt.trustedUntil = sentAt + report.ttlMs * TRUSTED_SHARE;
    attempt.orphanMs = reply.ceiling.orphanMs;
    attempt.requestMs = reply.ceiling.requestMs;
    if (attempt !== this.attempt) return;
    const named = new Set(report.ambiguous.map(({ untilMs }) => untilMs));
    for (const job of this.jobs) if (job.doubtful && named.has(job.deadline)) job.told = true;
  }

  #lose(attempt: Attempt): void {
    this.strays = this.strays.filter((one) => one !== attempt);
    if (this.attempt === attempt) this.attempt = null;
  }

  /** @returns what an attempt believes it may use. */
  placesOf(attempt: Attempt, now: number): { readonly jobs: number; readonly http: number } {
    return now < attempt.trustedUntil ? attempt.granted : NOTHING;
  }

  /** Only the attempt that has the log can submit. @returns the jobs that the service has now. */
  submit(jobs: number, of: { now: number; runsMs: number; doubtful: boolean }): RealJob[] {
    const { attempt } = this;
    if (attempt === null) return [];
    const places = this.placesOf(attempt, of.now);
    const used = this.jobs.filter((job) => !job.doubtful || !job.told).length;
    const free = places.http === 0 ? 0 : Math.min(jobs, places.jobs - used);
    const deadline = of.now + attempt.orphanMs;
    const ends = Math.min(deadline, of.now + of.runsMs);
    const sent = Array.from({ length: Math.max(0, free) }, () => ({
      began: of.now,
      deadline,
      ends,
      doubtful: of.doubtful,
      told: false,
    }));
    this.jobs.push(...sent);
    return sent;
  }
}

import { EMPTY_BUDGET, settle, type Budget } from '../../domain/budget.ts';
import type { Charge, LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { CEILING, REQUEST_MS, reportOf, START } from './lease-reports.ts';

/** Short, so that a script of a few steps sees deadlines pass. */
const ORPHAN_MS = 300_000;
const LATEST_MS = 20_000;
const TRUSTED_SHARE = 0.8;
export const SERVICES = ['caption', 'vqa'] as const;
export const LIMITS = { ...CEILING, jobs: 6, http: 4, orphanMs: ORPHAN_MS, requestMs: REQUEST_MS };

/** A job that really runs at a service, whatever anybody knows of it. */
interface RealJob {
  readonly deadline: number;
  readonly ends: number;
  /** Nobody knows whether the submit became a job. */
  doubtful: boolean;
  /** The budget was told of the doubt, in a report that was answered. */
  told: boolean;
}

interface Strand {
  readonly name: string;
  readonly service: string;
  /** What its log says; survives every attempt. */
  jobs: RealJob[];
  n: number;
  /** Of the attempt that is at work; null where there is none. */
  attempt: { seq: number; granted: number; http: number; trustedUntil: number } | null;
}

export type Act =
  | { readonly do: 'take over' | 'crash' | 'release' | 'find' | 'resend'; readonly who: number }
  | {
      readonly do: 'report';
      readonly who: number;
      readonly want: number;
      readonly ttlMs: number;
      readonly fate: 'answered' | 'reply lost' | 'late';
    }
  | { readonly do: 'submit'; readonly who: number; readonly jobs: number; readonly runsMs: number; readonly doubtful: boolean }
  | { readonly do: 'pass'; readonly ms: number };

/** Strands that keep the rules of a holder, services that run what they were sent, and a budget between them. */
export class BudgetWorld {
  budget: Budget = EMPTY_BUDGET;
  now = START;
  readonly strands: readonly Strand[];
  readonly sent: LeaseReport[] = [];
  readonly #sentAt: number[] = [];
  #under: LeaseReport[] = [];

  constructor(strands: number) {
    this.strands = Array.from({ length: strands }, (_, n) => {
      const service = SERVICES[n % SERVICES.length] ?? 'caption';
      return { name: `${service}/${n}`, service, jobs: [], n: 0, attempt: null };
    });
  }

  /** @returns jobs that run at a service at this moment. */
  running(service: string): number {
    const jobs = this.strands.filter((strand) => strand.service === service).flatMap((strand) => strand.jobs);
    return jobs.filter(({ ends }) => ends > this.now).length;
  }

  act(act: Act): void {
    if (act.do === 'pass') return this.#pass(act.ms);
    const strand = this.strands[act.who % this.strands.length];
    if (strand === undefined) return;
    switch (act.do) {
      case 'take over':
        return this.#takeOver(strand);
      case 'crash':
        strand.attempt = null;
        return;
      case 'release':
        return this.#release(strand);
      case 'find':
        return this.#find(strand);
      case 'resend':
        return this.#resend(act.who);
      case 'report':
        return this.#report(strand, act);
      default:
        return this.#submit(strand, act);
    }
  }

  /** Late reports arrive whenever time passes, and no later than their sender would wait for a reply. */
  #pass(ms: number): void {
    const late = Math.min(ms, LATEST_MS);
    this.now += late;
    for (const report of this.#under.splice(0)) this.#deliver(report);
    this.now += ms - late;
  }

  /** An older report once more: while somebody could still be sending it. */
  #resend(pick: number): void {
    const recent = this.sent.filter((_, at) => this.now - (this.#sentAt[at] ?? 0) <= LATEST_MS);
    const report = recent[pick % Math.max(1, recent.length)];
    if (report !== undefined) this.#arrive(report);
  }

  #takeOver(strand: Strand): void {
    strand.n += 1;
    for (const job of strand.jobs) job.told = false;
    strand.attempt = { seq: 0, granted: 0, http: 0, trustedUntil: 0 };
  }

  /** A call that was found late: the job is in flight again. */
  #find(strand: Strand): void {
    const job = strand.jobs.find(({ doubtful }) => doubtful);
    if (job !== undefined) job.doubtful = false;
  }

  #release(strand: Strand): void {
    if (strand.attempt === null) return;
    this.#collect(strand);
    const ambiguous = strand.jobs.map(chargeOf);
    const seq = strand.attempt.seq + 1;
    this.#deliver(this.#reportOf(strand, { seq, ambiguous, inFlight: 0, release: true, want: { jobs: 0, http: 0 } }));
    strand.attempt = null;
  }

  #report(strand: Strand, { want, ttlMs, fate }: Extract<Act, { do: 'report' }>): void {
    const { attempt } = strand;
    if (attempt === null) return;
    this.#collect(strand);
    const doubts = strand.jobs.filter(({ doubtful }) => doubtful);
    const [seq, inFlight, ambiguous] = [attempt.seq + 1, strand.jobs.length - doubts.length, doubts.map(chargeOf)];
    const report = this.#reportOf(strand, { seq, inFlight, ambiguous, ttlMs, want: { jobs: want, http: Math.min(2, want) } });
    Object.assign(attempt, { seq, granted: 0, http: 0 });
    if (fate === 'late') return void this.#under.push(report);
    const reply = this.#deliver(report);
    if (fate === 'reply lost' || reply === null) return;
    if (reply.refused === 'stale') strand.attempt = null;
    for (const job of doubts) job.told = true;
    Object.assign(attempt, {
      granted: reply.granted.jobs,
      http: reply.granted.http,
      trustedUntil: this.now + ttlMs * TRUSTED_SHARE,
    });
  }

  #submit(strand: Strand, { jobs, runsMs, doubtful }: Extract<Act, { do: 'submit' }>): void {
    const { attempt } = strand;
    if (attempt === null || this.now >= attempt.trustedUntil || attempt.http === 0) return;
    const used = strand.jobs.filter((job) => !job.doubtful || !job.told).length;
    const deadline = this.now + ORPHAN_MS;
    const ends = Math.min(deadline, this.now + runsMs);
    for (let n = used; n < Math.min(attempt.granted, used + jobs); n += 1)
      strand.jobs.push({ deadline, ends, doubtful, told: false });
  }

  /** What is known to have ended, or is past its deadline, is charged no longer. */
  #collect(strand: Strand): void {
    const { now } = this;
    strand.jobs = strand.jobs.filter(({ ends, deadline, doubtful }) => deadline > now && (doubtful || ends > now));
  }

  #reportOf({ name, service, n }: Strand, more: Partial<LeaseReport>): LeaseReport {
    return reportOf(name, { service, n, ceiling: LIMITS, ...more });
  }

  #deliver(report: LeaseReport | undefined): LeaseReply | null {
    if (report === undefined) return null;
    this.sent.push(report);
    this.#sentAt.push(this.now);
    return this.#arrive(report);
  }

  #arrive(report: LeaseReport): LeaseReply {
    const carried: Budget = JSON.parse(JSON.stringify(this.budget)) as Budget;
    const { budget, reply } = settle(carried, report, { now: this.now, roll: 0 });
    this.budget = budget;
    return reply;
  }
}

function chargeOf(job: RealJob): Charge {
  return { places: 1, untilMs: job.deadline };
}

import { isCalled, type Calls } from '../../domain/calls.ts';
import type { Configured, LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { leaseMs, sliceMs } from '../../domain/pace.ts';
import type { Priority } from '../../domain/spec.ts';
import { reportOf } from './lease-reports.ts';

/** Between the end of a slice and the first report of the next. */
const GAP_MS = 200;
const LOOK_EVERY_MS = 2_000;
const GIVEN_BACK_EVERY_MS = 2_000;
/** A mean needs so many jobs (domain/latency.ts). */
const ENOUGH = 4;

/** What a strand has to do: so many jobs, each of which has its place for so long, polls included. */
export interface NightWork {
  readonly name: string;
  readonly service: string;
  readonly jobs: number;
  readonly jobMs: number;
  readonly priority?: Priority;
  /** When it comes, ms after the start. */
  readonly comesAtMs?: number;
}

interface Slice {
  readonly endsAt: number;
  readonly ttlMs: number;
}

/** One strand in simulated time: it reports, submits and rests as activities/advance does. */
export class NightHolder {
  readonly work: NightWork;
  done = 0;
  /** When its last job so far ends, ms. */
  lastEndMs = 0;
  over = false;
  /** When it last had nothing that ran or was granted. */
  readonly granted: { readonly atMs: number; readonly jobs: number }[] = [];
  readonly #configured: Configured;
  #left: number;
  #ends: number[] = [];
  #n = 0;
  #seq = 0;
  #slice: Slice | null = null;
  #begins: number;
  #reply: LeaseReply | null = null;
  #sentAt = 0;
  #owed = 0;
  #calledAt = Infinity;
  #lastGranted = 0;
  #busyMs = 0;
  #countedAt = 0;

  constructor(work: NightWork, of: { configured: Configured; startMs: number }) {
    this.work = work;
    this.#configured = of.configured;
    this.#left = work.jobs;
    this.#begins = of.startMs + (work.comesAtMs ?? 0);
  }

  /** @returns when it has something to do next, ms. */
  nextAt(): number {
    if (this.over) return Infinity;
    const rest = this.#slice === null ? this.#begins : Math.min(this.#slice.endsAt, this.#dueAt());
    return Math.min(rest, this.#ends[0] ?? Infinity);
  }

  /** @returns the report that is due, or null. */
  wakes(now: number): LeaseReport | null {
    this.#busyMs += this.#ends.length * (now - this.#countedAt);
    this.#countedAt = now;
    const running = this.#ends.filter((end) => end > now);
    this.done += this.#ends.length - running.length;
    this.#ends = running;
    if (this.#left === 0 && running.length === 0) return this.#goes();
    if (this.#slice === null) return now >= this.#begins ? this.#beginsSlice(now) : null;
    if (now >= this.#slice.endsAt) {
      this.#slice = null;
      this.#begins = now + GAP_MS;
      return null;
    }
    const owes = Math.max(0, running.length - (this.#reply?.granted.jobs ?? 0));
    const givesBack = owes < this.#owed && (owes === 0 || now >= this.#sentAt + GIVEN_BACK_EVERY_MS);
    return this.#dueAt() <= now || givesBack ? this.#report(now) : null;
  }

  /** Whoever rests between slices hears nothing. */
  isCalled(calls: Calls, now: number): void {
    const called = this.#slice !== null && isCalled(calls, { holder: this.work.name, n: this.#n, seq: this.#seq });
    if (called) this.#calledAt = Math.min(this.#calledAt, now + LOOK_EVERY_MS);
  }

  hears(reply: LeaseReply, now: number): void {
    const { jobs } = reply.granted;
    if (this.granted.at(-1)?.jobs !== jobs) this.granted.push({ atMs: now, jobs });
    this.#reply = reply;
    this.#owed = Math.max(0, this.#ends.length - jobs);
    if (jobs > 0) this.#lastGranted = jobs;
    if (reply.refused !== 'waiting' || this.#ends.length > 0) return;
    this.#slice = null;
    this.#begins = now + reply.retryAfterMs;
  }

  /** @returns the jobs that it submits now. */
  submits(now: number): { readonly fromMs: number; readonly untilMs: number }[] {
    if (this.#slice === null) return [];
    const free = Math.min(this.#left, (this.#reply?.granted.jobs ?? 0) - this.#ends.length);
    const sent = Array.from({ length: Math.max(0, free) }, () => ({ fromMs: now, untilMs: now + this.work.jobMs }));
    this.#left -= sent.length;
    this.#ends.push(...sent.map(({ untilMs }) => untilMs));
    this.lastEndMs = Math.max(this.lastEndMs, ...this.#ends);
    return sent;
  }

  #beginsSlice(now: number): LeaseReport {
    this.#n += 1;
    this.#seq = 0;
    const places = this.#lastGranted > 0 ? this.#lastGranted : this.#configured.figures.inputsPerContainer;
    const lengthMs = sliceMs(null, places, this.done < ENOUGH ? [] : [this.work.jobMs]);
    this.#slice = { endsAt: now + lengthMs, ttlMs: leaseMs(lengthMs) };
    return this.#report(now);
  }

  #dueAt(): number {
    if (this.#reply === null) return this.#calledAt;
    const { refused, retryAfterMs, granted } = this.#reply;
    const wanted = this.#left + this.#ends.length;
    const more = refused === 'waiting' || (retryAfterMs > 0 && wanted > granted.jobs);
    return Math.min(this.#calledAt, more ? this.#sentAt + retryAfterMs : Infinity);
  }

  #report(now: number): LeaseReport {
    this.#sentAt = now;
    this.#calledAt = Infinity;
    return this.#standing({ want: { jobs: this.#left + this.#ends.length, http: 8 }, ttlMs: this.#slice?.ttlMs ?? 0 });
  }

  #goes(): LeaseReport {
    this.over = true;
    return this.#standing({ want: { jobs: 0, http: 0 }, ttlMs: 0, release: true });
  }

  #standing(more: Partial<LeaseReport>): LeaseReport {
    const { name, service, priority = 'nightly', jobMs } = this.work;
    this.#seq += 1;
    const busyMs = this.#busyMs;
    this.#busyMs = 0;
    const about = { service, priority, n: this.#n, seq: this.#seq, configured: this.#configured };
    const known = this.done < ENOUGH ? null : jobMs;
    const oldestMs = this.#ends[0] === undefined ? null : this.#countedAt + jobMs - this.#ends[0];
    return reportOf(name, { ...about, inFlight: this.#ends.length, oldestMs, busyMs, jobMs: known, ...more });
  }
}

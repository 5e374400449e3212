import { gpusNow } from '../../domain/account.ts';
import { EMPTY_BUDGET, gpusHeldNow, ordered, swept, type Budget } from '../../domain/budget.ts';
import { leastCeiling } from '../../domain/ceiling.ts';
import type { Charge, Configured, LeaseReply, LeaseReport } from '../../domain/lease.ts';
import { settle } from '../../domain/settle.ts';
import { GpuJournal } from './gpu-journal.ts';
import { reportOf, START } from './lease-reports.ts';
import type { Act, ActOf, Requested, Scene, StrandAct, Submitted } from './world-acts.ts';
import { openRequests, WorldStrand, type Attempt } from './world-strand.ts';

/** Strands in turn. */
const PRIORITIES = ['nightly', 'backfill', 'interactive'] as const;
/** A report is given up by its sender after this. */
const LATEST_MS = 20_000;
/** Less than the budget remembers a holder that is gone. */
const STRAY_MS = 100_000;

interface Sent {
  readonly report: LeaseReport;
  readonly sentAt: number;
  readonly strand: WorldStrand;
  readonly attempt: Attempt;
  readonly lost: boolean;
}

/** Strands that keep the rules of a holder, services that run what they were sent, and a budget between them. */
export class BudgetWorld {
  budget: Budget = EMPTY_BUDGET;
  now = START;
  readonly strands: readonly WorldStrand[];
  readonly sent: LeaseReport[] = [];
  readonly journal: GpuJournal;
  /** Replies after which more GPUs were held than the cap and than before. */
  readonly trespasses: string[] = [];
  readonly #scene: Scene;
  readonly #sentAt: number[] = [];
  #underWay: Sent[] = [];

  constructor(scene: Scene) {
    const names = Object.keys(scene.services);
    this.#scene = scene;
    this.journal = new GpuJournal(scene.services);
    this.strands = Array.from({ length: scene.strands }, (_, n) => {
      const service = names[n % names.length] ?? 'caption';
      return new WorldStrand(`${service}/${n}`, service);
    });
  }

  act(act: Act): void {
    if (act.do === 'pass') return this.#pass(act.ms);
    if (act.do === 'order') return void (this.budget = ordered(this.budget, act.order, this.now));
    if (act.do === 'resend') return this.#resend(act.who);
    const strand = this.strands[act.who % this.strands.length];
    if (strand !== undefined) this.#actOf(strand, act);
  }

  #actOf(strand: WorldStrand, act: ActOf<StrandAct>): void {
    switch (act.do) {
      case 'take over':
        return strand.takeOver(this.now);
      case 'crash':
        return strand.crash();
      case 'end slice':
        return strand.endSlice(this.now);
      case 'release':
        return this.#release(strand);
      case 'find':
        return strand.find();
      case 'stray':
        return this.#stray(strand);
      case 'submit':
        return this.#submit(strand, act);
      case 'harvest':
        return this.#harvest(strand, act);
      case 'report':
        return this.#report(strand, act);
      case 'request':
        return this.#request(strand, act);
      case 'turn':
        return this.#turn(strand, act);
    }
  }

  /** Reports under way arrive whenever time passes, no later than their sender waits for a reply. */
  #pass(ms: number): void {
    const late = Math.min(ms, LATEST_MS);
    this.now += late;
    for (const sent of this.#underWay.splice(0)) this.#exchange(sent);
    this.now += ms - late;
  }

  /** An older report once more: while somebody could still be sending it. */
  #resend(pick: number): void {
    const recent = this.sent.filter((_, at) => this.now - (this.#sentAt[at] ?? 0) <= LATEST_MS);
    const report = recent[pick % Math.max(1, recent.length)];
    if (report !== undefined) this.#arrive(report);
  }

  /** An attempt that was overtaken and does not know it reports once more, while the budget remembers who did. */
  #stray(strand: WorldStrand): void {
    const attempt = strand.strays.at(-1);
    if (attempt === undefined || this.now - attempt.overtakenAt > STRAY_MS) return;
    strand.collect(this.now);
    attempt.seq += 1;
    const standing = { ...strand.standing(this.now), httpInUse: openRequests(attempt, this.now), want: { jobs: 4, http: 4 } };
    const report = this.#reportOf(strand, attempt, { ...standing, ttlMs: 30_000 });
    Object.assign(attempt, { granted: { jobs: 0, http: 0 }, trustedUntil: 0 });
    this.#exchange({ report, sentAt: this.now, strand, attempt, lost: false });
  }

  #release(strand: WorldStrand): void {
    const { attempt } = strand;
    if (attempt === null || openRequests(attempt, this.now) > 0) return;
    strand.collect(this.now);
    attempt.seq += 1;
    const ambiguous = strand.jobs.map((job): Charge => ({ places: 1, untilMs: job.deadline }));
    const gone = { ambiguous, inFlight: 0, release: true, want: { jobs: 0, http: 0 }, ttlMs: 0 };
    this.#deliver(this.#reportOf(strand, attempt, gone));
    strand.endSlice(this.now);
  }

  /** A log that somebody else left is read: what is in it may run, but for what is found to have ended. */
  #harvest(strand: WorldStrand, { of }: ActOf<'harvest'>): void {
    const other = this.strands[of % this.strands.length];
    if (other === undefined || other === strand || other.service !== strand.service) return;
    strand.formers.set(other.name, { readAtMs: this.now, jobs: [...other.jobs] });
  }

  #report(strand: WorldStrand, { want, limit, jobMs, ttlMs, fate }: ActOf<'report'>): void {
    const { attempt } = strand;
    if (attempt === null) return;
    strand.collect(this.now);
    attempt.seq += 1;
    const standing = { ...strand.standing(this.now), want, limit, jobMs, ttlMs };
    const report = this.#reportOf(strand, attempt, standing);
    strand.beginReport();
    const sent = { report, sentAt: this.now, strand, attempt, lost: fate === 'reply lost' || fate === 'late and lost' };
    if (fate === 'late' || fate === 'late and lost') this.#underWay.push(sent);
    else this.#exchange(sent);
  }

  #turn(strand: WorldStrand, act: ActOf<'turn'>): void {
    if (strand.attempt === null) strand.takeOver(this.now);
    this.#report(strand, { ...act, do: 'report', fate: 'answered' });
    this.#submit(strand, act);
    this.#request(strand, act);
  }

  #exchange({ report, sentAt, strand, attempt, lost }: Sent): void {
    const reply = this.#deliver(report);
    if (!lost) strand.accept(attempt, { report, reply, sentAt });
  }

  #request(strand: WorldStrand, { requests, openMs }: Requested): void {
    for (const attempt of [...strand.strays, ...(strand.attempt === null ? [] : [strand.attempt])]) {
      const free = strand.placesOf(attempt, this.now).http - openRequests(attempt, this.now);
      const untilMs = this.now + Math.min(openMs, attempt.requestMs);
      for (let n = 0; n < Math.min(free, requests); n += 1) {
        attempt.open.push(untilMs);
        this.journal.add(strand.service, 'requests', { fromMs: this.now, untilMs });
      }
    }
  }

  #submit(strand: WorldStrand, { jobs, runsMs, doubtful }: Submitted): void {
    const { now } = this;
    for (const job of strand.submit(jobs, { now, runsMs, doubtful }))
      this.journal.add(strand.service, 'jobs', { fromMs: now, untilMs: job.ends });
  }

  configuredOf(service: string): Configured {
    const { services, gpus } = this.#scene;
    const figures = services[service];
    if (figures === undefined) throw new Error(`no service ${service}`);
    const longestScaledownSeconds = Math.max(...Object.values(services).map(({ scaledownSeconds }) => scaledownSeconds));
    return { gpus, figures, guessed: false, longestScaledownSeconds };
  }

  #reportOf(strand: WorldStrand, attempt: Attempt, more: Partial<LeaseReport>): LeaseReport {
    const { service, name } = strand;
    const configured = this.configuredOf(service);
    const { n, seq, predecessorOpen } = attempt;
    if (attempt.requestMs === 0) attempt.requestMs = leastCeiling(configured).requestMs;
    const priority = PRIORITIES[Number(name.split('/')[1]) % PRIORITIES.length] ?? 'nightly';
    return reportOf(name, { service, priority, n, seq, predecessorOpen, configured, ...more });
  }

  #deliver(report: LeaseReport): LeaseReply {
    this.sent.push(report);
    this.#sentAt.push(this.now);
    return this.#arrive(report);
  }

  #arrive(report: LeaseReport): LeaseReply {
    const carried: Budget = JSON.parse(JSON.stringify(this.budget)) as Budget;
    const before = gpusHeldNow(swept(carried, this.now), this.now);
    const { budget, reply } = settle(carried, report, { now: this.now, roll: 0 });
    this.budget = budget;
    const after = gpusHeldNow(budget, this.now);
    if (reply.refused !== 'stale' && after > Math.max(before, gpusNow(budget)))
      this.trespasses.push(`${report.holder}: ${before} to ${after} of ${gpusNow(budget)}`);
    return reply;
  }
}

import { windowMs } from '../../domain/account.ts';
import { busyUntil } from '../../domain/busy.ts';
import type { Halt } from '../../domain/halt.ts';
import type { Given } from '../../domain/given.ts';
import type { FormerHolder } from '../../domain/harvest.ts';
import type { Charge } from '../../domain/lease.ts';
import { within } from '../../domain/limit.ts';
import type { IntentRef, Job, OpenTask, SliceLine, StrandState, TaskPlace } from '../../domain/log.ts';
import type { Frozen, Lane, Run, RunRef } from '../../domain/run.ts';
import type { Service } from '../../domain/service.ts';
import { lastSubmitMs } from '../../domain/window.ts';
import { ambiguousJobs, knownJobs, samePlace } from '../../domain/strand.ts';
import { ownJobs } from '../../domain/taking-over.ts';
import type { Mode } from '../../domain/strand-loop.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelService } from '../../ports/model-service.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { StrandTakings } from '../takings.ts';
import type { Answers, StrandName } from './answers.ts';
import type { Holder } from './holder.ts';
import type { PreparedTiles } from './prepared-tiles.ts';
import type { StrandLog } from './strand-log.ts';
import type { Supply } from './supply.ts';

/** Everything of a slice that does not change while it lasts. */
export interface Scene {
  readonly ref: RunRef;
  readonly run: Run;
  readonly frozen: Frozen;
  readonly lane: Lane;
  readonly strand: number;
  readonly service: Service;
  readonly client: ModelService;
  readonly inputStore: ObjectStore;
  readonly tiles: PreparedTiles;
  /** What earlier slices were answered. */
  readonly answers: Answers;
  readonly clock: Clock;
  readonly mode: Mode;
  readonly unreachableMs: number;
  /** When the GPUs are to be free again, wall clock ms; null where nobody minds. */
  readonly windowEndsMs: number | null;
  /** Called at the moments where fault tests stop a worker. */
  readonly reached: (point: string) => void;
  /** What closed runs had left for this strand. */
  readonly takings: StrandTakings;
  /** Those that may still be charged for it, as their logs stood when the slice began. */
  readonly formers: readonly FormerHolder[];
}

/** Whether a slice goes on, ends when what has begun is done, or starts nothing more at all. */
export type Stop = 'no' | 'drain' | 'now';

/** @returns a name for an intent, for sets. */
export function refName(ref: IntentRef): string {
  return `${ref.n}/${ref.i}`;
}

/** What one `advance` knows and has under way. Everything durable is in `state` and `finished`. */
export class Session {
  readonly scene: Scene;
  readonly log: StrandLog;
  readonly holder: Holder;
  readonly supply: Supply;
  state: StrandState;
  /** Records that the next slice object will hold. */
  readonly finished: SliceLine[] = [];
  /** Answers of this attempt by request; in the log once its slice is. */
  readonly answers = new Map<string, Given>();
  /** Ambiguous submits that the budget has been told of, in a report that was answered. */
  readonly reported = new Set<string>();
  /** Intents whose submit has not ended: in `state` without a call, and counted in `submitting`. */
  readonly open = new Set<string>();
  halt: Halt | null = null;
  /** The latest trouble, for people. */
  reason: string | null = null;
  stop: Stop = 'no';
  /** Polls that come due after this are left to the next slice: a slice that is over must end. */
  pollsUntilMs: number = Number.POSITIVE_INFINITY;
  httpInUse = 0;
  /** Submits between the decision to write their intents and their outcome. */
  submitting = 0;
  /** Mean time of one submit, ms. */
  submitMs: number | null = null;
  freeSinceMs: number | null = null;
  #underWay = 0;
  #aside = 0;
  #failure: unknown = null;
  #wake: AbortController = new AbortController();

  constructor(scene: Scene, parts: { log: StrandLog; holder: Holder; supply: Supply; state: StrandState }) {
    this.scene = scene;
    this.log = parts.log;
    this.holder = parts.holder;
    this.supply = parts.supply;
    this.state = parts.state;
  }

  get strandName(): StrandName {
    const { ref: run, lane, strand } = this.scene;
    return { run, lane: lane.service, strand };
  }

  get now(): number {
    return this.scene.clock.now();
  }

  /** The last moment at which a job may go out, so that all is over when the run's window ends; null without one. */
  get lastSubmitMs(): number | null {
    const { windowEndsMs, service } = this.scene;
    if (windowEndsMs === null) return null;
    // What the budget reckons with: it knows what was set by hand.
    const ending = { coldStartSeconds: service.coldStartSeconds, windowMs: this.holder.ceiling.windowMs ?? windowMs(service) };
    return lastSubmitMs(windowEndsMs, ending, this.state.latenciesMs);
  }

  /** Nothing new goes out any more: it would not be over in time. */
  get windowOver(): boolean {
    return this.lastSubmitMs !== null && this.now >= this.lastSubmitMs;
  }

  /** Something is under way whose end will wake the loop. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Tiles are being prepared; a slice that is over does not wait for them. */
  get preparing(): boolean {
    return this.#aside > 0;
  }

  /** Jobs that hold a place of the grant: running, being submitted, or in doubt without the budget knowing. */
  get used(): number {
    const untold = this.doubts().filter((job) => !this.reported.has(refName(job)));
    return ownJobs(knownJobs(this.state)).length + this.submitting + untold.length;
  }

  /** What the budget is told: jobs that may still run, and submits under way. Past its deadline a job is charged no longer. */
  get inFlight(): number {
    const running = ownJobs(knownJobs(this.state)).filter(({ deadlineAtMs }) => deadlineAtMs > this.now);
    return running.length + this.submitting;
  }

  /** How long the oldest of these has been in flight, ms. */
  get oldestMs(): number | null {
    const jobs = [...ownJobs(knownJobs(this.state)), ...ambiguousJobs(this.state).filter((job) => this.open.has(refName(job)))];
    return jobs.length === 0 ? null : Math.max(0, ...jobs.map((job) => this.now - (job.acceptedAtMs ?? job.beganAtMs)));
  }

  /** Whatever may still bring an answer. */
  get awaited(): number {
    return knownJobs(this.state).length + this.submitting;
  }

  /** Job places that may be used at this moment: those granted, as far as the service has not asked for less. */
  get places(): number {
    return within(this.state.limit, this.holder.places.jobs);
  }

  get free(): number {
    return this.places - this.used;
  }

  /** Below 0 where a grant shrank below what is open: nothing new starts then. */
  get freeHttp(): number {
    return this.holder.places.http - this.httpInUse;
  }

  /** Counts the time that jobs were in flight up to now. */
  countBusy(): void {
    this.state = { ...this.state, busy: busyUntil(this.state.busy, { jobs: this.inFlight, now: this.now }) };
  }

  /** Submits of which nobody knows whether they became jobs, as charges. */
  doubts(): Job[] {
    return ambiguousJobs(this.state).filter((job) => !this.open.has(refName(job)));
  }

  /** Starts something; the loop wakes when it ends, and stops when it fails. */
  begin(work: () => Promise<void>): void {
    this.#underWay += 1;
    void this.#follow(work, () => (this.#underWay -= 1));
  }

  /** Starts to prepare something that outlives the slice where it must: whoever comes next finds it prepared. */
  beginAside(work: () => Promise<void>): void {
    this.#aside += 1;
    void this.#follow(work, () => (this.#aside -= 1));
  }

  wake(): void {
    this.#wake.abort();
  }

  /** Sleeps until something ends or `ms` have passed. @throws whatever something under way failed with. */
  async rest(ms: number): Promise<void> {
    this.throwIfFailed();
    await this.scene.clock.sleep(ms, this.#wake.signal);
    this.#wake = new AbortController();
    this.throwIfFailed();
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Waits for all that is under way, whatever comes of it. */
  async drain(): Promise<void> {
    while (this.#underWay > 0) {
      await this.scene.clock.sleep(1_000, this.#wake.signal);
      this.#wake = new AbortController();
    }
  }

  task(place: TaskPlace): OpenTask | undefined {
    return this.state.tasks.find((task) => samePlace(task, place));
  }

  async #follow(work: () => Promise<void>, over: () => void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= error;
    } finally {
      over();
      this.#wake.abort();
    }
  }
}

/** @returns jobs as charges, one for each deadline. */
export function chargesOf(jobs: readonly Job[]): Charge[] {
  const byDeadline = new Map<number, number>();
  for (const { deadlineAtMs } of jobs) byDeadline.set(deadlineAtMs, (byDeadline.get(deadlineAtMs) ?? 0) + 1);
  return [...byDeadline].map(([untilMs, places]) => ({ places, untilMs }));
}

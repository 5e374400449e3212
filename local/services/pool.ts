/**
 * A model of the platform for one function: inputs wait in a queue, containers admit some, run a few of those at once,
 * multiply when more inputs are there than they admit, and go after an idle time. It knows no clock: every call says
 * what time it is, and no call may say an earlier one than the call before.
 */

/** Times are milliseconds. */
export interface PoolLimits {
  /** Inputs that one container admits; one more starts another container. */
  readonly inputsPerContainer: number;
  /** Admitted inputs that run at once. */
  readonly slots: number;
  readonly maxContainers: number | null;
  readonly coldStartMs: number;
  readonly scaledownMs: number;
}

/** How long an input runs, and whether it ends or its container is taken away then. */
export interface Work {
  readonly ms: number;
  readonly ends: 'finished' | 'preempted';
}

export interface PoolInput {
  readonly id: string;
  /** Asked at each start, the first being 1; null runs until `finish` is called. */
  readonly work: (start: number) => Work | null;
}

export type PoolEvent = 'container_started' | 'container_up' | 'container_stopped' | 'started' | 'restarted' | 'finished';

export interface PoolChange {
  readonly atMs: number;
  readonly change: PoolEvent;
  readonly container: number;
  /** The input's id; null for what happens to a container. */
  readonly input: string | null;
}

interface Run {
  readonly input: PoolInput;
  starts: number;
  /** Null while admitted and not running; Infinity where the end is open. */
  endsAtMs: number | null;
  ends: Work['ends'];
}

interface Container {
  readonly id: number;
  readonly upAtMs: number;
  up: boolean;
  idleSinceMs: number | null;
  readonly runs: Map<string, Run>;
}

interface Due {
  readonly atMs: number;
  readonly apply: (atMs: number) => void;
}

export class Pool {
  readonly #limits: PoolLimits;
  readonly #changed: (change: PoolChange) => void;
  readonly #queue: Run[] = [];
  readonly #containers: Container[] = [];
  #lastContainer = 0;

  /** @param changed hears of everything that happens, in order. It must not call the pool. */
  constructor(limits: PoolLimits, changed: (change: PoolChange) => void) {
    this.#limits = limits;
    this.#changed = changed;
  }

  /** Containers that hold their machine, from the beginning of their boot to their end. */
  get containers(): number {
    return this.#containers.length;
  }

  /** Everything submitted and not finished, whether queued, admitted or running. */
  get unfinished(): number {
    return this.#containers.reduce((sum, container) => sum + container.runs.size, this.#queue.length);
  }

  submit(input: PoolInput, nowMs: number): void {
    this.advance(nowMs);
    this.#queue.push({ input, starts: 0, endsAtMs: null, ends: 'finished' });
    this.#settle(nowMs);
  }

  /** Ends an input early, or one whose end is open, wherever it is. An unknown id is no error. */
  finish(id: string, nowMs: number): void {
    this.advance(nowMs);
    const queued = this.#queue.findIndex((run) => run.input.id === id);
    if (queued >= 0) this.#queue.splice(queued, 1);
    const container = this.#containers.find(({ runs }) => runs.has(id));
    if (container !== undefined) this.#end(container, id, nowMs);
    this.#settle(nowMs);
  }

  /** Takes the oldest `count` containers away; their inputs start again elsewhere, before those that wait. */
  preempt(count: number, nowMs: number): void {
    this.advance(nowMs);
    for (const container of this.#containers.slice(0, count)) this.#takeAway(container, nowMs);
    this.#settle(nowMs);
  }

  /** When something happens next if nobody calls; null for never. */
  nextDueMs(): number | null {
    return this.#nextDue()?.atMs ?? null;
  }

  /** Lets everything happen that falls due up to and including `nowMs`, each at its own time. */
  advance(nowMs: number): void {
    for (let due = this.#nextDue(); due !== null && due.atMs <= nowMs; due = this.#nextDue()) {
      due.apply(due.atMs);
      this.#settle(due.atMs);
    }
  }

  #nextDue(): Due | null {
    let next: Due | null = null;
    for (const container of this.#containers) {
      for (const due of this.#duesOf(container)) if (next === null || due.atMs < next.atMs) next = due;
    }
    return next;
  }

  *#duesOf(container: Container): Generator<Due> {
    if (!container.up) {
      yield { atMs: container.upAtMs, apply: (atMs) => this.#boot(container, atMs) };
      return;
    }
    for (const [id, run] of container.runs) {
      if (run.endsAtMs === null || run.endsAtMs === Infinity) continue;
      const apply = (atMs: number): void =>
        run.ends === 'preempted' ? this.#takeAway(container, atMs) : this.#end(container, id, atMs);
      yield { atMs: run.endsAtMs, apply };
    }
    if (container.idleSinceMs !== null) {
      yield { atMs: container.idleSinceMs + this.#limits.scaledownMs, apply: (atMs) => this.#stop(container, atMs) };
    }
  }

  #boot(container: Container, atMs: number): void {
    container.up = true;
    this.#say('container_up', container, { atMs });
  }

  #end(container: Container, id: string, atMs: number): void {
    container.runs.delete(id);
    this.#say('finished', container, { atMs, input: id });
  }

  #takeAway(container: Container, atMs: number): void {
    const lost = [...container.runs.values()];
    for (const run of lost) {
      if (run.endsAtMs !== null) this.#say('restarted', container, { atMs, input: run.input.id });
      run.endsAtMs = null;
    }
    container.runs.clear();
    this.#queue.unshift(...lost);
    this.#stop(container, atMs);
  }

  #stop(container: Container, atMs: number): void {
    this.#containers.splice(this.#containers.indexOf(container), 1);
    this.#say('container_stopped', container, { atMs });
  }

  /** What the platform does on its own at an instant: start containers, admit, run, notice who is idle. */
  #settle(atMs: number): void {
    const wanted = Math.ceil(this.unfinished / this.#limits.inputsPerContainer);
    const target = Math.min(this.#limits.maxContainers ?? Infinity, wanted);
    while (this.#containers.length < target) this.#startContainer(atMs);
    for (const container of this.#containers) {
      if (!container.up && container.upAtMs <= atMs) this.#boot(container, atMs);
      if (container.up) this.#fill(container, atMs);
    }
  }

  #startContainer(atMs: number): void {
    const upAtMs = atMs + this.#limits.coldStartMs;
    const container: Container = { id: ++this.#lastContainer, upAtMs, up: false, idleSinceMs: null, runs: new Map() };
    this.#containers.push(container);
    this.#say('container_started', container, { atMs });
  }

  /** The oldest container fills first: the youngest is the first to become idle. */
  #fill(container: Container, atMs: number): void {
    while (container.runs.size < this.#limits.inputsPerContainer) {
      const run = this.#queue.shift();
      if (run === undefined) break;
      container.runs.set(run.input.id, run);
    }
    this.#startRuns(container, atMs);
    container.idleSinceMs = container.runs.size > 0 ? null : (container.idleSinceMs ?? atMs);
  }

  #startRuns(container: Container, atMs: number): void {
    const runs = [...container.runs.values()];
    const free = this.#limits.slots - runs.filter((run) => run.endsAtMs !== null).length;
    for (const run of runs.filter((candidate) => candidate.endsAtMs === null).slice(0, Math.max(0, free))) {
      const work = run.input.work(++run.starts);
      run.endsAtMs = work === null ? Infinity : atMs + work.ms;
      run.ends = work?.ends ?? 'finished';
      this.#say('started', container, { atMs, input: run.input.id });
    }
  }

  #say(change: PoolEvent, { id: container }: Container, { atMs, input }: { atMs: number; input?: string }): void {
    this.#changed({ atMs, change, container, input: input ?? null });
  }
}

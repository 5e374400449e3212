import type { Clock } from '../../ports/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly resolve: () => void;
}

const START_MS = Date.UTC(2026, 0, 1);
const SEED = 123_456_789;

/** Lets everything run that needs no time. */
async function flushed(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Both clocks of a machine, moved by the test alone, and dice that always fall the same. */
export class FakeClock implements Clock {
  private wall = START_MS;
  private monotonic = 0;
  private sleepers: Sleeper[] = [];
  private seed = SEED;

  now(): number {
    return this.wall;
  }

  monotonicMs(): number {
    return this.monotonic;
  }

  roll(): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.seed / 2 ** 32;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const over = (): void => {
        signal?.removeEventListener('abort', woken);
        resolve();
      };
      const sleeper: Sleeper = { atMs: this.monotonic + ms, resolve: over };
      this.sleepers.push(sleeper);
      const woken = (): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        over();
      };
      signal?.addEventListener('abort', woken, { once: true });
    });
  }

  /** The machine sleeps: the wall clock goes on, nothing else does. */
  suspend(ms: number): void {
    this.wall += ms;
  }

  /** Moves both clocks on, from sleeper to sleeper. */
  async advance(ms: number): Promise<void> {
    await flushed();
    const until = this.monotonic + ms;
    while (this.nextMs() <= until) await this.jump();
    this.moveTo(until);
    await flushed();
  }

  /** Lets time pass until the work has ended. @throws where nothing would ever wake it. */
  async run<Result>(work: Promise<Result>, withinMs = Number.POSITIVE_INFINITY): Promise<Result> {
    const until = this.monotonic + withinMs;
    const over = new AbortController();
    const end = (): void => over.abort();
    work.then(end, end);
    for (await flushed(); !over.signal.aborted; await this.jump()) {
      if (this.sleepers.length === 0) throw new Error('Nobody sleeps, and the work has not ended: it waits for ever.');
      if (this.nextMs() > until) throw new Error(`The work has not ended within ${withinMs} ms.`);
    }
    return work;
  }

  /** Lets time pass until something is so. */
  async until(so: () => boolean, withinMs = 3_600_000): Promise<void> {
    const until = this.monotonic + withinMs;
    for (await flushed(); !so(); await this.jump()) {
      if (this.nextMs() > until) throw new Error(`It has not come about within ${withinMs} ms: ${so.toString()}`);
    }
  }

  private nextMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.sleepers.map(({ atMs }) => atMs));
  }

  private async jump(): Promise<void> {
    const next = this.nextMs();
    this.moveTo(next);
    const due = this.sleepers.filter(({ atMs }) => atMs <= next);
    this.sleepers = this.sleepers.filter((sleeper) => !due.includes(sleeper));
    for (const { resolve } of due) resolve();
    await flushed();
  }

  private moveTo(monotonicMs: number): void {
    const step = Math.max(0, monotonicMs - this.monotonic);
    this.monotonic += step;
    this.wall += step;
  }
}

import { Pool, type PoolChange, type PoolInput, type PoolLimits } from './pool.ts';

/** ms since 1970 that never go back. */
export type Now = () => number;

/** A pool whose time is real: what falls due happens by itself, and its containers stand in a journal by what `changed` does. */
export class TickingPool {
  readonly #pool: Pool;
  readonly #now: Now;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(limits: PoolLimits, now: Now, changed: (change: PoolChange) => void) {
    this.#pool = new Pool(limits, changed);
    this.#now = now;
  }

  get unfinished(): number {
    return this.#pool.unfinished;
  }

  get containers(): number {
    return this.#pool.containers;
  }

  submit(input: PoolInput): void {
    this.#change((now) => this.#pool.submit(input, now));
  }

  finish(id: string): void {
    this.#change((now) => this.#pool.finish(id, now));
  }

  preempt(count: number): void {
    this.#change((now) => this.#pool.preempt(count, now));
  }

  /** Brings the pool up to now, for whoever looks at it. */
  advance(): void {
    this.#change((now) => this.#pool.advance(now));
  }

  /** Nothing happens by itself from now on. */
  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  #change(change: (nowMs: number) => void): void {
    change(this.#now());
    this.#disarm();
    const due = this.#closed ? null : this.#pool.nextDueMs();
    if (due !== null) this.#timer = setTimeout(() => this.advance(), Math.min(2 ** 31 - 1, Math.max(0, due - this.#now())));
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

import type { Held } from '../../support/store-hooks.ts';
import { isCalls, isLogObject } from './log-writes.ts';
import type { Attempted, StrandWorld } from './strand-world.ts';

/** Log object of the successor's intents: 1 and 2 are the takeover and the intents of the zombie, 3 is its own takeover. */
const NEXT_INTENT = 4;

/** A first attempt that sleeps before it writes its calls, while a second has the strand. */
export class Zombie {
  readonly #world: StrandWorld;
  readonly #calls: Held;
  readonly #attempt: Attempted;

  private constructor(world: StrandWorld, calls: Held, attempt: Attempted) {
    this.#world = world;
    this.#calls = calls;
    this.#attempt = attempt;
  }

  static async asleep(world: StrandWorld): Promise<Zombie> {
    const calls = world.store.hooks.hold(isCalls);
    const attempt = world.begin({ turn: 1 });
    await world.clock.run(calls.reached);
    return new Zombie(world, calls, attempt);
  }

  /** It wakes `afterMs` later than its successor begins; then the strand goes on to its end. */
  async wokenAfter(afterMs: number): Promise<void> {
    const successor = this.#world.begin({ turn: 2 });
    await this.#world.clock.advance(afterMs);
    this.#calls.release();
    await this.#finished(successor);
  }

  /** It wakes while its successor writes the next intent, which takes `lastingMs`; then the strand goes on to its end. */
  async wokenDuringNextIntent(lastingMs: number): Promise<void> {
    const { store, clock } = this.#world;
    const writing = store.hooks.hold(isLogObject(NEXT_INTENT));
    const successor = this.#world.begin({ turn: 2 });
    await clock.run(writing.reached);
    this.#calls.release();
    await clock.advance(lastingMs);
    writing.release();
    await this.#finished(successor);
  }

  async #finished(successor: Attempted): Promise<void> {
    const { clock } = this.#world;
    await clock.run(successor.ended);
    await clock.run(this.#attempt.ended.catch(() => {}));
    this.#world.skipTurns(2);
    await this.#world.turns();
  }
}

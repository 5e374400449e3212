import type { AdvanceResult } from '../../activities/advance/advance-types.ts';
import type { Mode } from '../../domain/strand-loop.ts';
import type { Chances } from './dice.ts';
import type { Storm } from './storm.ts';

export type Order = 'pause' | 'cancel';

const ORDERS: Chances<Order> = { pause: 0.03, cancel: 0.01 };
const COLLECTING_TURNS = 4;
const PAUSED_REST_MS = 5_000;

/** What people want of a run: nothing mostly, now and then a pause or its end. */
export class Orders {
  cancelled = false;
  private readonly storm: Storm;
  private collecting = 0;

  constructor(storm: Storm) {
    this.storm = storm;
  }

  /** @returns the order that comes during this turn. */
  during(turn: number): Order | null {
    if (this.cancelled || this.collecting > 0) return null;
    const order = this.storm.dice.strike('order', `in turn ${turn}`, ORDERS);
    if (order === null) return null;
    this.cancelled = order === 'cancel';
    this.collecting = 1 + Math.floor(this.storm.dice.roll(`turns after ${turn}`) * COLLECTING_TURNS);
    return order;
  }

  /** @returns what the next turn is for. */
  next(last: AdvanceResult | null): Mode {
    const collects = this.collecting > 0 && last !== null;
    if (this.cancelled && last !== null) return collects && last.inFlight > 0 ? 'collect' : 'abandon';
    return collects ? 'collect' : 'work';
  }

  /** @returns how long to wait before the next turn, ms. */
  ended(mode: Mode, { waitMs }: AdvanceResult): number {
    if (mode !== 'collect') return waitMs;
    this.collecting -= 1;
    return Math.max(waitMs, PAUSED_REST_MS);
  }
}

import type { AdvanceResult } from '../../activities/advance/advance-types.ts';
import { Failure } from '../../domain/failure.ts';
import type { Mode } from '../../domain/strand-loop.ts';
import { ObjectStoreError } from '../../ports/object-store.ts';
import type { Attempted } from '../activities/advance/strand-world.ts';
import { gate } from '../support/gate.ts';
import { live, LIVES, momentMs, pointsOf, TWIN, type Fated, type Life } from './lives.ts';
import { Orders } from './orders.ts';
import type { StormyWorld } from './stormy-world.ts';

const MOST_TURNS = 500;
const MOST_ALIVE = 4;
const BACKOFF_MS = 1_000.371;
const STORM_MS = [120_000, 300_000, 600_000] as const;

interface Turn {
  readonly turn: number;
  readonly mode: Mode;
}

interface Starting extends Turn, Pick<Fated, 'name' | 'life' | 'givenUp'> {
  readonly attempt: number;
}

/** What Temporal does with a strand: turn after turn, each tried again until an attempt that it counts on has ended. */
export class Conductor {
  readonly orders: Orders;
  /** Attempts that have not ended and are not dead. */
  readonly alive = new Set<Attempted>();
  /** Failures that are nobody's plan. */
  readonly surprises: string[] = [];
  private readonly world: StormyWorld;
  private readonly stormUntilMs: number;
  private last: AdvanceResult | null = null;

  constructor(world: StormyWorld) {
    this.world = world;
    this.orders = new Orders(world.storm);
    this.stormUntilMs = world.clock.now() + world.storm.dice.of('storm', STORM_MS);
  }

  /** @returns the result of the last turn. */
  async conduct(): Promise<AdvanceResult> {
    const { storm, clock } = this.world;
    for (let turn = 1; turn <= MOST_TURNS; turn += 1) {
      const mode = this.orders.next(this.last);
      const result = await this.take({ turn, mode });
      storm.chronicle.note(`turn ${turn} ends: in flight ${result.inFlight}, in doubt ${result.doubtful}, done ${result.done}`);
      this.last = result;
      if (result.halt !== null) this.surprises.push(`halted: ${result.halt.message}`);
      if (result.done || result.halt !== null) return result;
      await clock.sleep(this.orders.ended(mode, result));
    }
    throw new Error(`not done after ${MOST_TURNS} turns`);
  }

  private async take(turn: Turn): Promise<AdvanceResult> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.attempt(turn, attempt);
      if (result !== null) return result;
      await this.world.clock.sleep(BACKOFF_MS);
    }
  }

  /** @returns the result of an attempt, or null where it failed or was given up. */
  private async attempt(turn: Turn, attempt: number): Promise<AdvanceResult | null> {
    const { storm } = this.world;
    this.weather();
    const name = `attempt ${turn.turn}.${attempt}`;
    const life: Life | null =
      this.alive.size >= MOST_ALIVE ? null : storm.dice.strike('attempt', `${turn.turn}.${attempt}`, LIVES);
    const given = gate<null>();
    const starting: Starting = { ...turn, attempt, name, life, givenUp: () => given.open(null) };
    const attempts = [this.begin(starting)];
    if (life === 'has a twin') attempts.push(this.begin({ ...starting, name: `${TWIN} ${name}` }));
    const order = attempt === 1 ? this.orders.during(turn.turn) : null;
    if (order !== null) void this.abort(attempts, `${order} in ${name}`);
    return Promise.race([given.opened, ...attempts.map((one) => this.resultOf(one, name))]);
  }

  private begin({ turn, attempt, mode, ...starting }: Starting): Attempted {
    const { storm } = this.world;
    storm.chronicle.note(`${starting.name} begins (${mode})`);
    const fated: Fated = { ...starting, died: () => this.alive.delete(attempted), alive: () => this.alive.has(attempted) };
    const reached = pointsOf(storm, fated);
    const attempted = this.world.begin({ turn, attempt, mode, slice: this.last?.slice ?? 0, reached });
    this.alive.add(attempted);
    void live(storm, attempted, fated);
    return attempted;
  }

  private async resultOf(attempted: Attempted, name: string): Promise<AdvanceResult | null> {
    const { chronicle } = this.world.storm;
    try {
      const result = await attempted.ended;
      chronicle.note(`${name} ends`);
      return result;
    } catch (error) {
      const expected = (error instanceof Failure && error.kind === 'StrandLost') || error instanceof ObjectStoreError;
      if (!expected) this.surprises.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      chronicle.note(`${name} fails: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    } finally {
      this.alive.delete(attempted);
    }
  }

  private async abort(attempts: readonly Attempted[], what: string): Promise<void> {
    const { storm, clock } = this.world;
    await clock.sleep(momentMs(storm, what));
    storm.chronicle.note(what);
    for (const one of attempts) one.abort();
  }

  /** Storms pass; then the rival asks for nothing more either. */
  private weather(): void {
    const { storm, rival, clock } = this.world;
    if (clock.now() < this.stormUntilMs || storm.dice.calm) return;
    storm.chronicle.note('faults stop');
    storm.dice.calm = true;
    rival.hungry = false;
  }
}

import { createHash } from 'node:crypto';
import { createAdvance } from '../../../activities/advance/advance.ts';
import type { AdvanceArgs, AdvanceDeps, AdvanceResult } from '../../../activities/advance/advance-types.ts';
import { Answers } from '../../../activities/advance/answers.ts';
import type { StrandTakings } from '../../../activities/takings.ts';
import { PreparedTiles } from '../../../activities/advance/prepared-tiles.ts';
import { NO_COVERAGE } from '../../../domain/coverage.ts';
import type { Halt } from '../../../domain/halt.ts';
import { holderId } from '../../../domain/ids.ts';
import type { Ceiling, Configured } from '../../../domain/lease.ts';
import type { Tile } from '../../../domain/tile.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDesk } from '../../support/fake-desk.ts';
import { JobService } from '../../support/job-service.ts';
import { ceilingOf, configuredFor } from '../../support/lease-report.ts';
import { Machine } from '../../support/machine.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { plainRenderer } from '../../support/plain-renderer.ts';
import { LANE, LOG_PREFIX, REF, runOf, SERVICE } from './strand-run.ts';

export { LANE, LOG_PREFIX, REF };
const MOST_TURNS = 300;

/** What a test may say of the strand it works on. */
export interface Wishes {
  readonly tiles?: number;
  readonly tasks?: readonly string[];
  readonly jobs?: number;
  readonly http?: number;
  readonly orphanMs?: number;
  readonly sliceSeconds?: number | null;
  readonly rangeTiles?: number;
  readonly maxPercent?: number;
  readonly unreachableMs?: number;
  /** How many pictures there are for the tiles to share, in turn; each has its own where nothing is said. */
  readonly pictures?: number;
  /** How many of the first tiles could not be had when the list was made. */
  readonly unlisted?: number;
}

/** One attempt of `advance`, on a machine of its own. */
export interface Attempted {
  readonly ended: Promise<AdvanceResult>;
  readonly machine: Machine;
  readonly args: AdvanceArgs;
  /** Names of the moments it has come past. */
  readonly points: string[];
  abort(): void;
}

type Turn = Partial<
  Pick<AdvanceArgs, 'turn' | 'slice' | 'mode' | 'execution' | 'resumed' | 'untilMs' | 'windowEndsMs' | 'priority'>
> & {
  readonly attempt?: number;
  readonly nonce?: string;
  /** Called at the moments where fault tests stop a worker. */
  readonly reached?: (point: string, machine: Machine) => void;
  /** Temporal counts on the attempt no more. */
  readonly forsaken?: boolean;
};

/** A strand with its run, store, budget and service, and all its time in the test's hands. */
export class StrandWorld {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore();
  readonly desk = new FakeDesk(this.clock);
  readonly service = new JobService(this.clock);
  readonly rendered: string[] = [];
  tiles = new PreparedTiles(plainRenderer(this.rendered));
  answers = new Answers();
  readonly configured: Configured;
  /** What closed runs had left for the strand. */
  takings: StrandTakings = { jobs: [], holders: [], records: new Map(), errors: {}, coverage: NO_COVERAGE };
  /** What the budget gives the strand's service where nobody else asks for anything. */
  readonly ceiling: Ceiling;
  readonly keys: readonly string[];
  readonly tasks: readonly string[];
  /** Every halt that a turn of {@link turns} ended with. */
  readonly halts: Halt[] = [];
  private readonly wishes: Wishes;
  private listed: Tile[] | null = null;
  private nonces = 0;
  private turn = 0;
  private last = 0;

  constructor(wishes: Wishes = {}) {
    this.wishes = wishes;
    const { tiles = 3, tasks = ['say'], jobs = 2, http = 8, orphanMs = 600_000 } = wishes;
    this.configured = configuredFor({ jobs, http, orphanMs });
    this.ceiling = ceilingOf(this.configured);
    this.keys = Array.from({ length: tiles }, (_, at) => `in/${String(at).padStart(4, '0')}.png`);
    this.tasks = tasks;
    this.paint();
  }

  get holder(): string {
    return holderId(REF, LANE, 0);
  }

  /** Begins an attempt; it goes on whenever the clock does. */
  begin(turn: Turn = {}): Attempted {
    const machine = new Machine();
    const controller = new AbortController();
    const points: string[] = [];
    const reached = (point: string): void => {
      points.push(point);
      turn.reached?.(point, machine);
    };
    const { attempt = 1, nonce, reached: _reached, forsaken = false, ...rest } = turn;
    const args = { ...this.args(), ...rest };
    // A process that is to die takes what it had prepared and heard with it.
    const own =
      turn.reached === undefined ? {} : { tiles: new PreparedTiles(plainRenderer(this.rendered)), answers: new Answers() };
    const advance = createAdvance({ ...this.deps(machine, reached, nonce), ...own });
    const ended = advance(args, { attempt, signal: controller.signal, beat: () => {}, forsaken: () => forsaken });
    ended.catch(() => {});
    return { ended, machine, args, points, abort: () => controller.abort() };
  }

  /** One whole attempt of the next turn. */
  async slice(turn: Turn = {}): Promise<AdvanceResult> {
    this.turn += 1;
    const result = await this.clock.run(this.begin({ turn: this.turn, slice: this.last, ...turn }).ended);
    this.last = result.slice;
    return result;
  }

  /** Turn after turn, as the run's workflow would, until the strand is done or halts. */
  async turns(turn: Turn = {}): Promise<AdvanceResult> {
    for (let count = 0; count < MOST_TURNS; count += 1) {
      const result = await this.slice(turn);
      if (result.halt !== null) this.halts.push(result.halt);
      if (result.done || result.halt !== null) return result;
      await this.clock.advance(result.waitMs);
    }
    throw new Error(`The strand is not done after ${MOST_TURNS} turns.`);
  }

  /** Turn after turn as the run's workflow lets a halted lane collect, until nothing is in flight. */
  async collected(): Promise<AdvanceResult> {
    for (let count = 0; count < MOST_TURNS; count += 1) {
      const result = await this.slice({ mode: 'collect' });
      if (result.inFlight === 0) return result;
      await this.clock.advance(result.waitMs);
    }
    throw new Error(`The strand still has jobs in flight after ${MOST_TURNS} turns.`);
  }

  /** Puts the tiles' pictures into the store. */
  paint(): void {
    for (const key of this.keys) this.store.overwrite({ bucket: 'bucket', key }, this.pictureOf(key));
  }

  /** What a tile shows, as text: the key of the first tile that shows the same. */
  pictureOf(key: string): string {
    return this.keys[this.keys.indexOf(key) % (this.wishes.pictures ?? this.keys.length)] ?? key;
  }

  /** Later turns come after this one. */
  skipTurns(turn: number): void {
    this.turn = Math.max(this.turn, turn);
  }

  /** @returns every tile and task of the strand as the service's journal names them. */
  get everything(): string[] {
    return this.keys.flatMap((key) => this.tasks.map((task) => `${key}#${task}`)).toSorted();
  }

  private args(): AdvanceArgs {
    const none = { resumed: false, untilMs: null, slice: 0 } as const;
    return { run: REF, lane: LANE, strand: 0, execution: 1, turn: 1, mode: 'work', ...none };
  }

  private deps(machine: Machine, reached: (point: string) => void, nonce: string | undefined): AdvanceDeps {
    const store = machine.store(this.store);
    const { sliceSeconds = null, unreachableMs = 600_000, maxPercent = 100 } = this.wishes;
    return {
      stores: { input: () => store, output: () => store },
      desk: machine.desk(this.desk),
      clock: machine.clock(this.clock),
      tiles: this.tiles,
      answers: this.answers,
      sliceSeconds,
      unreachableMs,
      reached,
      nonce: () => nonce ?? `nonce-${(this.nonces += 1)}`,
      readRun: async () => runOf(this.tasks, { maxPercent, rangeTiles: this.rangeTiles }),
      readFrozen: async () => ({ schema_version: 1, inputs: this.keys.length, ranges: this.ranges(), ignored: NONE_IGNORED }),
      tilesOf: async (_ref, range) => this.tilesOf(range),
      takings: async () => this.takings,
      service: () => ({ service: SERVICE, client: machine.service(this.service), configured: this.configured }),
      outputStore: () => store,
    };
  }

  private get rangeTiles(): number {
    return this.wishes.rangeTiles ?? 25_000;
  }

  private ranges(): { lines: number; bytes: number; sha256: string }[] {
    const count = Math.ceil(this.keys.length / this.rangeTiles);
    return Array.from({ length: count }, (_, range) => ({ lines: this.tilesOf(range).length, bytes: 1, sha256: '' }));
  }

  private tilesOf(range: number): readonly Tile[] {
    return this.manifest.slice(range * this.rangeTiles, (range + 1) * this.rangeTiles);
  }

  /** The tiles as the run's list has them. */
  get manifest(): readonly Tile[] {
    const { unlisted = 0 } = this.wishes;
    this.listed ??= this.keys.map((key, at) => ({
      bucket: 'bucket',
      key,
      etag: at < unlisted ? null : createHash('md5').update(this.pictureOf(key)).digest('hex'),
      size: 1,
      last_modified: null,
      version_id: null,
    }));
    return this.listed;
  }
}

const NONE_IGNORED = { zero_bytes: 0, folder: 0, sidecar: 0, excluded: 0, duplicate: 0 };

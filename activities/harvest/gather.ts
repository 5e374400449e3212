import { isOwed, judge, type Earlier, type Judgement } from '../../domain/owed.ts';
import { NOTHING_OWED, withJudged } from '../../domain/owed-totals.ts';
import type { TilePlace } from '../../domain/log.ts';
import type { Frozen, OwedTotals, Run } from '../../domain/run.ts';
import type { Tile } from '../../domain/tile.ts';
import { readTiles } from '../manifest-reader.ts';
import type { Pulse } from '../pulse.ts';
import { watched } from '../watched.ts';
import { Beside } from '../earlier/beside.ts';
import { earlierRun, type EarlierRun } from '../earlier/earlier-run.ts';
import { LaneGathering, type Barn } from './lane-gathering.ts';
import { answers, LeftJobs } from './left-jobs.ts';
import type { LeftJob, Leftovers } from './leftovers.ts';
import { questionsOf, type Question } from './question.ts';
import { takeRecords, type WantedRecord } from './wanted-records.ts';

/** What a harvest reads, and for whom. */
export interface Field {
  readonly run: Run;
  readonly frozen: Frozen;
  readonly barn: Barn;
  readonly leftovers: Leftovers;
  readonly pulse: Pulse;
}

/** A job and the task of this run that it answers. */
export interface WantedJob {
  readonly job: LeftJob;
  readonly question: Question;
  readonly place: TilePlace;
  readonly tile: Tile;
}

export interface Gathered {
  readonly lanes: readonly LaneGathering[];
  /** Records by the run that they were taken from. */
  readonly records: ReadonlyMap<string, number>;
  readonly jobs: readonly WantedJob[];
  readonly owed: OwedTotals;
}

const BEAT_EVERY = 5_000;

/** Goes through the tiles of the run beside what closed runs have recorded, and says of every task whether it is owed. */
export class Gathering {
  readonly #field: Field;
  readonly #questions: readonly Question[];
  readonly #lanes: ReadonlyMap<string, LaneGathering>;
  readonly #records = new Map<string, number>();
  readonly #jobs: WantedJob[] = [];
  readonly #left: LeftJobs;
  #owed = NOTHING_OWED;

  constructor(field: Field) {
    const { run, frozen, barn, leftovers } = field;
    this.#field = field;
    this.#questions = questionsOf(run);
    this.#lanes = new Map(run.lanes.map((lane) => [lane.service, new LaneGathering(lane, frozen, barn)]));
    this.#left = new LeftJobs(leftovers.jobs);
  }

  async all(): Promise<Gathered> {
    const { barn, frozen, leftovers } = this.#field;
    const beside = new Beside({ store: barn.store, runs: leftovers.runs.map(earlierRun) });
    try {
      for (const range of frozen.ranges.keys()) await this.#range(range, beside);
    } finally {
      await beside.close();
    }
    const jobs = this.#jobs.filter(({ question, place }) => !this.#laneOf(question).has(place, question.at));
    return { lanes: [...this.#lanes.values()], records: this.#records, jobs, owed: this.#owed };
  }

  async #range(range: number, beside: Beside): Promise<void> {
    const { barn, pulse } = this.#field;
    const details = (tiles: number): object => ({ harvesting: range, tiles });
    const tiles = watched(readTiles(barn.store, { ref: barn.ref, range }), { pulse, every: BEAT_EVERY, details });
    const wanted: WantedRecord[] = [];
    let line = 0;
    for await (const tile of tiles) {
      const place = { range, line };
      wanted.push(...this.#judged(tile, place, await beside.of(tile)));
      this.#match(tile, place);
      line += 1;
    }
    await this.#take(wanted);
    for (const lane of this.#lanes.values()) await lane.flush();
  }

  /** @returns the records that the tile need not be asked for. */
  #judged(tile: Tile, place: TilePlace, earlier: readonly Earlier<EarlierRun>[]): WantedRecord[] {
    return this.#questions.flatMap((question) => {
      const judgement = judge({ tile, taskId: question.task.id, question }, earlier);
      const owed = isOwed(judgement, this.#field.run.spec);
      this.#owed = withJudged(this.#owed, judgement.state, owed);
      return owed ? [] : wantedRecord({ tile, place, question }, judgement);
    });
  }

  async #take(wanted: readonly WantedRecord[]): Promise<void> {
    const { barn, run } = this.#field;
    let taken = 0;
    for await (const { of, record } of takeRecords({ store: barn.store, run, wanted })) {
      const { question, place, earlier } = of;
      await this.#laneOf(question).add(place, question.at, record);
      const from = earlier.run.run.runId;
      this.#records.set(from, (this.#records.get(from) ?? 0) + 1);
      taken += 1;
    }
    // What an index says and nobody can read is asked again.
    this.#owed = { ...this.#owed, owed: this.#owed.owed + wanted.length - taken };
  }

  #match(tile: Tile, place: TilePlace): void {
    for (const job of this.#left.of(tile)) {
      const question = this.#questions.find((one) => answers(job, tile, one));
      if (question !== undefined) this.#jobs.push({ job, question, place, tile });
    }
  }

  #laneOf({ lane }: Question): LaneGathering {
    const found = this.#lanes.get(lane.service);
    if (found === undefined) throw new Error(`no lane ${lane.service}`);
    return found;
  }
}

function wantedRecord(of: Omit<WantedRecord, 'earlier'>, { earlier }: Judgement<EarlierRun>): WantedRecord[] {
  return earlier === null ? [] : [{ ...of, earlier }];
}

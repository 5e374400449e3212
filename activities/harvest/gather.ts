import { isYoung, takenOver } from '../../domain/harvest.ts';
import type { TilePlace } from '../../domain/log.ts';
import type { Frozen, Run } from '../../domain/run.ts';
import type { TaskKind } from '../../domain/spec.ts';
import type { Tile } from '../../domain/tile.ts';
import { RECORD } from '../../schema/record.ts';
import { readTiles } from '../manifest-reader.ts';
import type { Pulse } from '../pulse.ts';
import { watched } from '../watched.ts';
import { FoundRecords, type Source } from '../found-records.ts';
import { LaneGathering, type Barn } from './lane-gathering.ts';
import type { LeftJob, Leftovers, ReadRun } from './leftovers.ts';
import { questionsOf, recordIdOf, type Question } from './question.ts';

/** What a harvest reads, and for whom. */
export interface Field {
  readonly run: Run;
  readonly frozen: Frozen;
  readonly barn: Barn;
  readonly leftovers: Leftovers;
  readonly now: number;
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
}

/** Sources that are read side by side: each is an open connection. */
const AT_ONCE = 16;
const BEAT_EVERY = 5_000;

function nameOf({ bucket, key }: Pick<Tile, 'bucket' | 'key'>): string {
  return JSON.stringify([bucket, key]);
}

/** The latest runs first; only what was asked there as it is asked here. */
function sourcesOf({ run, barn, leftovers }: Field): Source[] {
  const asked = questionsOf(run);
  const kindsOf = (of: ReadRun): Set<TaskKind> => {
    const there = new Set(questionsOf(of.run).map(({ id }) => id));
    return new Set(asked.filter(({ id }) => there.has(id)).map(({ task }) => task.kind));
  };
  return leftovers.runs.flatMap((of) => [...kindsOf(of)].map((kind) => ({ store: barn.store, of, kind })));
}

/** Goes through the tiles of the run beside what closed runs have answered, a few of these at a time. */
export class Gathering {
  readonly #field: Field;
  readonly #questions: readonly Question[];
  readonly #lanes: ReadonlyMap<string, LaneGathering>;
  readonly #records = new Map<string, number>();
  readonly #jobs: WantedJob[] = [];
  readonly #left: ReadonlyMap<string, readonly LeftJob[]>;

  constructor(field: Field) {
    const { run, frozen, barn, leftovers } = field;
    this.#field = field;
    this.#questions = questionsOf(run);
    this.#lanes = new Map(run.lanes.map((lane) => [lane.service, new LaneGathering(lane, frozen, barn)]));
    const left = new Map<string, LeftJob[]>();
    for (const job of leftovers.jobs) left.set(nameOf(job.tile), [...(left.get(nameOf(job.tile)) ?? []), job]);
    this.#left = left;
  }

  async all(): Promise<Gathered> {
    const sources = sourcesOf(this.#field);
    for (let first = 0; first < sources.length || (first === 0 && this.#left.size > 0); first += AT_ONCE) {
      const beside = sources.slice(first, first + AT_ONCE).map((source) => ({ source, found: new FoundRecords(source) }));
      try {
        await this.#pass(beside, first === 0);
      } finally {
        await Promise.all(beside.map(({ found }) => found.close()));
      }
      if ([...this.#lanes.values()].every((lane) => lane.isWhole)) break;
    }
    const jobs = this.#jobs.filter(({ question, place }) => !this.#laneOf(question).has(place, question.at));
    return { lanes: [...this.#lanes.values()], records: this.#records, jobs };
  }

  async #pass(beside: readonly { source: Source; found: FoundRecords }[], first: boolean): Promise<void> {
    const { barn, frozen, pulse } = this.#field;
    for (const range of frozen.ranges.keys()) {
      const details = (tiles: number): object => ({ harvesting: range, tiles });
      const tiles = watched(readTiles(barn.store, { ref: barn.ref, range }), { pulse, every: BEAT_EVERY, details });
      let line = 0;
      for await (const tile of tiles) {
        const place = { range, line };
        for (const { source, found } of beside)
          for (const record of await found.of(tile)) await this.#take(record, { tile, place, source });
        if (first) this.#match(tile, place);
        line += 1;
      }
      for (const lane of this.#lanes.values()) await lane.flush();
    }
  }

  async #take(
    record: { record_id: string; status: string },
    at: { tile: Tile; place: TilePlace; source: Source },
  ): Promise<void> {
    if (record.status !== 'ok') return;
    const question = this.#questions.find(({ asked }) => recordIdOf(at.tile, asked) === record.record_id);
    if (question === undefined) return;
    const lane = this.#laneOf(question);
    const { success, data } = RECORD.safeParse(record);
    if (!success || lane.has(at.place, question.at) || !isYoung(Date.parse(data.created_at), this.#field.now)) return;
    const { runId, spec } = this.#field.run;
    await lane.add(at.place, question.at, takenOver(data, { runId, dataset: spec.dataset, taskId: question.task.id }));
    const from = at.source.of.run.runId;
    this.#records.set(from, (this.#records.get(from) ?? 0) + 1);
  }

  #match(tile: Tile, place: TilePlace): void {
    for (const job of this.#left.get(nameOf(tile)) ?? []) {
      const question = this.#questions.find(
        ({ lane, asked }) => lane.service === job.service && recordIdOf(tile, asked) === job.recordId,
      );
      if (question !== undefined) this.#jobs.push({ job, question, place, tile });
    }
  }

  #laneOf({ lane }: Question): LaneGathering {
    const found = this.#lanes.get(lane.service);
    if (found === undefined) throw new Error(`no lane ${lane.service}`);
    return found;
  }
}

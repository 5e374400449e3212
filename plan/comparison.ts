import { createHash } from 'node:crypto';
import { Beside } from '../activities/earlier/beside.ts';
import { earlierRun, type EarlierRun } from '../activities/earlier/earlier-run.ts';
import { tilesOf, type Input } from '../activities/enumerate.ts';
import { sumIgnored } from '../activities/enumerate/candidate.ts';
import { Walk } from '../activities/enumerate/walk.ts';
import { answers, LeftJobs } from '../activities/harvest/left-jobs.ts';
import type { Leftovers } from '../activities/harvest/leftovers.ts';
import { questionsOf, type Question } from '../activities/harvest/question.ts';
import { tileLine } from '../activities/manifest-reader.ts';
import { withS3Failures } from '../activities/s3-failure.ts';
import { judge, type Earlier } from '../domain/owed.ts';
import type { PlannedInput } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import { IGNORED_NONE, type Tile } from '../domain/tile.ts';
import { KIB } from '../domain/units.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { Identical } from './identical.ts';
import { OwedTally } from './owed-tally.ts';

/** What is compared: the input of a run, tile by tile, with what closed runs have left. */
export interface Comparing {
  readonly run: Run;
  readonly input: Input;
  readonly output: ObjectStore;
  readonly leftovers: Leftovers;
  readonly signal: AbortSignal;
  readonly progress: (tiles: number) => void;
}

export interface Compared {
  readonly input: PlannedInput;
  readonly tally: OwedTally;
  /** Records that are taken over, by the run that has them. */
  readonly records: ReadonlyMap<string, number>;
  /** Of these, by service: answers. */
  readonly answered: ReadonlyMap<string, number>;
  /** Owed tasks by service whose job is in flight at it. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** Owed tasks by service that another one answers as well. */
  readonly identical: ReadonlyMap<string, number>;
}

const TOLD_EVERY = 1_000;
/** Lines that are hashed at once, in characters. */
const HASHED_CHARS = 64 * KIB;

function increase(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** Hash and bytes of text that is held for a while only. */
class HashedText {
  readonly #hash = createHash('sha256');
  #held = '';
  #bytes = 0;

  add(text: string): void {
    this.#held += text;
    if (this.#held.length >= HASHED_CHARS) this.#flush();
  }

  /** Once. */
  digest(): { readonly sha256: string; readonly bytes: number } {
    this.#flush();
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }

  #flush(): void {
    const bytes = Buffer.from(this.#held);
    this.#hash.update(bytes);
    this.#bytes += bytes.byteLength;
    this.#held = '';
  }
}

class Comparison {
  readonly #of: Comparing;
  readonly #questions: readonly Question[];
  readonly #tally: OwedTally;
  readonly #beside: Beside;
  readonly #identical: Identical;
  readonly #left: LeftJobs;
  readonly #records = new Map<string, number>();
  readonly #answered = new Map<string, number>();
  readonly #inFlight = new Map<string, number>();
  readonly #lines = new HashedText();
  #tiles = 0;
  #ignored = IGNORED_NONE;

  constructor(of: Comparing, identical: Identical) {
    this.#of = of;
    this.#questions = questionsOf(of.run);
    this.#tally = new OwedTally(of.run.spec, this.#questions);
    this.#beside = new Beside({ store: of.output, runs: of.leftovers.runs.map(earlierRun) });
    this.#identical = identical;
    this.#left = new LeftJobs(of.leftovers.jobs);
  }

  async all(): Promise<Compared> {
    const { source, limit } = tilesOf(this.#of.input);
    const walk = new Walk(source, null);
    try {
      await this.#along(walk, limit);
    } finally {
      await Promise.all([walk.close(), this.#beside.close()]);
    }
    const input = { tiles: this.#tiles, ignored: this.#ignored, ...this.#lines.digest() };
    const tallies = { records: this.#records, answered: this.#answered, inFlight: this.#inFlight };
    return { input, tally: this.#tally, ...tallies, identical: await this.#repeated() };
  }

  async #along(walk: Walk, limit: number): Promise<void> {
    for (;;) {
      const room = Math.min(TOLD_EVERY, limit - this.#tiles);
      const final = limit - this.#tiles <= TOLD_EVERY;
      const { tiles, ignored, end } = await withS3Failures('input', () => walk.take(room, { final }));
      this.#ignored = sumIgnored(this.#ignored, ignored);
      for (const tile of tiles) await this.#tile(tile);
      this.#of.signal.throwIfAborted();
      this.#of.progress(this.#tiles);
      if (end) return;
    }
  }

  async #tile(tile: Tile): Promise<void> {
    this.#lines.add(tileLine(tile));
    this.#tiles += 1;
    const earlier = await this.#beside.of(tile);
    let mask = 0;
    for (const [at, question] of this.#questions.entries()) {
      const judgement = judge({ tile, taskId: question.task.id, question }, earlier);
      if (this.#tally.add({ tile, question, judgement })) mask |= this.#owed(tile, question) ? 1 << at : 0;
      else this.#taken(question, judgement.earlier);
    }
    if (mask !== 0) await this.#identical.add(tile, mask);
  }

  #taken({ lane }: Question, earlier: Earlier<EarlierRun> | null): void {
    if (earlier === null) return;
    increase(this.#records, earlier.run.ref.runId);
    if (earlier.code === null) increase(this.#answered, lane.service);
  }

  /** @returns whether it has to be asked: no job of a closed run is on its way to the answer. */
  #owed(tile: Tile, question: Question): boolean {
    const coming = this.#left.of(tile).some((job) => answers(job, tile, question));
    if (coming) increase(this.#inFlight, question.lane.service);
    return !coming;
  }

  async #repeated(): Promise<ReadonlyMap<string, number>> {
    const repeated = await this.#identical.count(this.#questions.length);
    const counts = new Map<string, number>();
    for (const [at, { lane }] of this.#questions.entries()) increase(counts, lane.service, repeated[at]);
    return counts;
  }
}

/** Goes through the input beside what closed runs recorded; memory does not grow with either. @throws Failure */
export async function compare(of: Comparing): Promise<Compared> {
  const identical = await Identical.open();
  try {
    return await new Comparison(of, identical).all();
  } finally {
    await identical.close();
  }
}

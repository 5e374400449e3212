import { createHash } from 'node:crypto';
import { isOwed, TASK_STATES, type Judgement, type TaskState } from '../domain/owed.ts';
import { NOTHING_OWED } from '../domain/owed-totals.ts';
import type { PlannedReason, PlannedTask } from '../domain/plan.ts';
import type { OwedTotals } from '../domain/run.ts';
import type { RunSpec } from '../domain/spec.ts';
import type { Tile } from '../domain/tile.ts';
import type { Question } from '../activities/harvest/question.ts';

interface Reason {
  readonly state: TaskState;
  readonly reason: string | null;
  readonly owed: boolean;
  count: number;
  readonly samples: string[];
}

const SAMPLES = 3;
/** Marks that are hashed at once. */
const MARKS = 4_096;

/** A tile, a question, and how it was judged. */
export interface Judged {
  readonly tile: Tile;
  readonly question: Question;
  readonly judgement: Judgement<unknown>;
}

type Mutable<Counts> = { -readonly [Name in keyof Counts]: Counts[Name] };

/** Counts judgements in memory that grows with the reasons, not with the tiles. */
export class OwedTally {
  readonly #spec: RunSpec;
  readonly #tasks: Map<string, { readonly question: Question; readonly totals: Mutable<OwedTotals> }>;
  readonly #reasons = new Map<string, Reason>();
  readonly #hash = createHash('sha256');
  /** Of each judgement whether it is owed, as far as that is not hashed yet. */
  #marks = '';

  constructor(spec: RunSpec, questions: readonly Question[]) {
    this.#spec = spec;
    this.#tasks = new Map(questions.map((question) => [question.task.id, { question, totals: { ...NOTHING_OWED } }]));
  }

  /** To be called in the order of tiles and questions. @returns whether it is owed. */
  add({ tile, question, judgement }: Judged): boolean {
    const owed = isOwed(judgement, this.#spec);
    const task = this.#tasks.get(question.task.id);
    if (task !== undefined) {
      task.totals[judgement.state] += 1;
      if (owed) task.totals.owed += 1;
    }
    this.#marks += owed ? '1' : '0';
    if (this.#marks.length === MARKS) this.#flush();
    this.#because(tile, judgement, owed);
    return owed;
  }

  #because(tile: Tile, { state, reason }: Judgement<unknown>, owed: boolean): void {
    const name = `${state} ${owed} ${reason ?? ''}`;
    const known = this.#reasons.get(name) ?? { state, reason, owed, count: 0, samples: [] };
    this.#reasons.set(name, known);
    known.count += 1;
    if (known.samples.length === SAMPLES) return;
    const uri = `s3://${tile.bucket}/${tile.key}`;
    if (!known.samples.includes(uri)) known.samples.push(uri);
  }

  /** In the order of the spec. */
  tasks(models: (service: string) => string): PlannedTask[] {
    return this.#spec.tasks.flatMap(({ id, kind, service }) => {
      const task = this.#tasks.get(id);
      if (task === undefined) return [];
      const { owed, ...states } = task.totals;
      return [{ task_id: id, kind, service, model: models(service), states, owed }];
    });
  }

  totals(): OwedTotals {
    return [...this.#tasks.values()].reduce((sum, { totals }) => {
      const states = TASK_STATES.map((state) => [state, sum[state] + totals[state]] as const);
      return { ...sum, ...Object.fromEntries(states), owed: sum.owed + totals.owed };
    }, NOTHING_OWED);
  }

  reasons(): PlannedReason[] {
    const order = (one: Reason): number => TASK_STATES.indexOf(one.state);
    return [...this.#reasons.values()].toSorted((a, b) => order(a) - order(b) || b.count - a.count);
  }

  /** Of which tasks of which tiles are owed, hex; once. */
  sha256(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#marks);
    this.#marks = '';
  }
}

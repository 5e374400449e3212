import { harvestedFrom } from '../domain/harvest.ts';
import type { TileRecord } from '../domain/record.ts';
import type { HarvestTotals, Run } from '../domain/run.ts';
import { sameRequestAs } from '../domain/same-request.ts';
import { SECOND_MS, sum } from '../domain/units.ts';

/** Runs that are named; those that gave least are left out. */
const MOST_NAMED = 20;

interface TaskHarvest {
  jobs: number;
  /** Of all records whose time is known, and how many these are. */
  ms: number;
  timed: number;
  /** Of those that were harvested. */
  harvestedMs: number;
  untimed: number;
}

const NOTHING: TaskHarvest = { jobs: 0, ms: 0, timed: 0, harvestedMs: 0, untimed: 0 };

function joined(a: TaskHarvest, b: TaskHarvest): TaskHarvest {
  return {
    jobs: a.jobs + b.jobs,
    ms: a.ms + b.ms,
    timed: a.timed + b.timed,
    harvestedMs: a.harvestedMs + b.harvestedMs,
    untimed: a.untimed + b.untimed,
  };
}

/** Counts what a run took over from closed runs, in memory that grows only with the number of these. */
export class HarvestTally {
  readonly #tasks = new Map<string, TaskHarvest>();
  readonly #from = new Map<string, number>();
  readonly #startedAt: string;
  #finished = 0;

  /** @param startedAt of the run, ISO 8601: what is older was finished by a closed run. */
  constructor(startedAt: string) {
    this.#startedAt = startedAt;
  }

  add(record: TileRecord): void {
    const { task_id: task, call_id: call } = record;
    const from = harvestedFrom(record);
    // The job of a shared answer counts once, with the tile that was asked.
    const shared = sameRequestAs(record) !== null;
    const ms = shared ? null : record.latency_ms;
    const jobs = from === null || call === null || shared ? 0 : 1;
    const [timed, untimed] = ms === null ? [0, jobs] : [1, 0];
    const known = { jobs, ms: ms ?? 0, timed, harvestedMs: (ms ?? 0) * jobs, untimed };
    this.#tasks.set(task, joined(this.#tasks.get(task) ?? NOTHING, known));
    if (from === null) return;
    this.#from.set(from, (this.#from.get(from) ?? 0) + 1);
    if (Date.parse(record.created_at) < Date.parse(this.#startedAt)) this.#finished += 1;
  }

  merge(other: HarvestTally): void {
    for (const [task, known] of other.#tasks) this.#tasks.set(task, joined(this.#tasks.get(task) ?? NOTHING, known));
    for (const [from, records] of other.#from) this.#from.set(from, (this.#from.get(from) ?? 0) + records);
    this.#finished += other.#finished;
  }

  /** GPU seconds are an estimate: the time that jobs took, shared by as many as one container admits. */
  totals(run: Run): HarvestTotals {
    const named = [...this.#from].toSorted(([a, most], [b, least]) => least - most || (a < b ? -1 : 1)).slice(0, MOST_NAMED);
    const seconds = sum([...this.#tasks].map(([task, known]) => gpuSeconds(run, task, known)));
    return {
      records: this.#finished,
      jobs: sum([...this.#tasks.values()].map(({ jobs }) => jobs)),
      gpu_seconds: Math.round(seconds * 10) / 10,
      from: named.map(([run_id, records]) => ({ run_id, records })),
    };
  }
}

/** A job whose time nobody saw counts as one of the mean time. */
function gpuSeconds({ spec, services }: Run, task: string, { ms, timed, harvestedMs, untimed }: TaskHarvest): number {
  const service = services[spec.tasks.find(({ id }) => id === task)?.service ?? ''];
  if (service === undefined) return 0;
  const mean = timed === 0 ? 0 : ms / timed;
  return ((harvestedMs + untimed * mean) / SECOND_MS / service.inputsPerContainer) * service.gpusPerContainer;
}

import type { Balance } from '../domain/balance.ts';
import { type Cluster, mostFrequent } from '../domain/clusters.ts';
import { type ErrorClass, type ErrorCode, ERRORS } from '../domain/errors.ts';
import type { Run, RunManifest } from '../domain/run.ts';
import type { TaskSpec } from '../domain/spec.ts';
import type { Spread } from './histogram.ts';
import type { Sample } from './sample.ts';
import type { Tally } from './tally.ts';

interface TaskTotals {
  readonly task_id: string;
  readonly kind: string;
  readonly service: string;
  /** The question, for vqa. */
  readonly prompt: string;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly cancelled: number;
}

interface ErrorTotals {
  readonly code: ErrorCode;
  readonly class: ErrorClass;
  readonly count: number;
  readonly means: string;
  readonly follows: string;
  /** What they say, near-equal ones as one, the most frequent first; of all codes together at most 20. */
  readonly clusters: readonly Omit<Cluster, 'code'>[];
}

interface ServiceTotals {
  readonly service: string;
  readonly model: string;
  readonly records: number;
  readonly jobs: number;
  /** Jobs a record took, of those that took any. */
  readonly attempts: Spread | null;
  /** Submit to done, as seen. */
  readonly latency_ms: Spread | null;
}

/** report.json: what became of a run, for programs. */
export interface Report {
  readonly schema_version: 1;
  readonly run_id: string;
  readonly dataset: string;
  readonly state: RunManifest['state'];
  readonly started_at: string;
  readonly ended_at: string;
  readonly wall_seconds: number;
  readonly totals: Omit<Balance, 'state'>;
  /** Its window ended first: what is unfinished is owed. */
  readonly window_ended: boolean;
  readonly ignored: RunManifest['ignored'];
  /** The first of those without a record, as in manifest.json. */
  readonly missing: readonly string[];
  /** In the order of the spec. */
  readonly by_task: readonly TaskTotals[];
  /** The most frequent first. */
  readonly errors: readonly ErrorTotals[];
  readonly services: readonly ServiceTotals[];
  /** The most frequent first. */
  readonly warnings: readonly { readonly text: string; readonly count: number }[];
  /** What closed runs of the same output had asked already. */
  readonly harvest: RunManifest['harvest'];
  /** Jobs the records took, retries included; without those of other runs. */
  readonly jobs: number;
  readonly samples: readonly Sample[];
}

const MISSING_SHOWN = 20;

function taskTotals(task: TaskSpec, tally: Tally): TaskTotals {
  const { ok = 0, failed = 0, skipped = 0, cancelled = 0 } = tally.tasks.get(task.id) ?? {};
  return { task_id: task.id, kind: task.kind, service: task.service, prompt: task.prompt, ok, failed, skipped, cancelled };
}

function clustersOf(tally: Tally, code: ErrorCode): ErrorTotals['clusters'] {
  const ofCode = tally.clusters.filter((cluster) => cluster.code === code);
  return mostFrequent(ofCode).map(({ code: _code, ...rest }) => rest);
}

function errorTotals(tally: Tally): ErrorTotals[] {
  return [...tally.errors]
    .map(([code, count]) => ({ code, ...ERRORS[code], count, clusters: clustersOf(tally, code) }))
    .toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

function serviceTotals(tally: Tally): ServiceTotals[] {
  return [...tally.services]
    .map(([service, { model, records, jobs, attempts, latency }]) => ({
      service,
      model,
      records,
      jobs,
      attempts: attempts.spread(),
      latency_ms: latency.spread(),
    }))
    .toSorted((a, b) => (a.service < b.service ? -1 : 1));
}

function warningTotals(tally: Tally): Report['warnings'] {
  return [...tally.warnings]
    .map(([text, count]) => ({ text, count }))
    .toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
}

/** @returns the sample with its answers in the order in which the spec asks. */
function inSpecOrder(sample: Sample, tasks: readonly TaskSpec[]): Sample {
  const place = (id: string) => tasks.findIndex((task) => task.id === id);
  return { ...sample, answers: sample.answers.toSorted((a, b) => place(a.task_id) - place(b.task_id)) };
}

/** @returns the report of a run whose parts were counted by `tally`. */
export function reportOf(run: Run, manifest: RunManifest, tally: Tally): Report {
  const { run_id, dataset, state, started_at, ended_at, ignored } = manifest;
  const { inputs, tasks, expected, ok, failed, skipped, unfinished } = manifest;
  const services = serviceTotals(tally);
  return {
    schema_version: 1,
    run_id,
    dataset,
    state,
    started_at,
    ended_at,
    wall_seconds: Math.round((Date.parse(ended_at) - Date.parse(started_at)) / 1_000),
    totals: { inputs, tasks, expected, ok, failed, skipped, unfinished },
    window_ended: manifest.window_ended,
    ignored,
    missing: manifest.missing.slice(0, MISSING_SHOWN),
    by_task: run.spec.tasks.map((task) => taskTotals(task, tally)),
    errors: errorTotals(tally),
    services,
    warnings: warningTotals(tally),
    harvest: manifest.harvest,
    jobs: services.reduce((sum, service) => sum + service.jobs, 0),
    samples: tally.sampler.chosen().map((sample) => inSpecOrder(sample, run.spec.tasks)),
  };
}

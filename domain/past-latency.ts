import type { Span } from './span.ts';
import { sum } from './units.ts';

/** What one earlier run tells of a service. */
export interface RunLatency {
  readonly runId: string;
  readonly service: string;
  readonly model: string;
  readonly jobs: number;
  /** Of a job, submit to done as seen. */
  readonly meanMs: number;
  /** Half of them took no longer; null where nobody says. */
  readonly medianMs: number | null;
  /** Jobs that a task took, 1 or more. */
  readonly attempts: number;
}

/** What all of them together tell of it. */
export interface PastLatency {
  readonly service: string;
  readonly model: string;
  readonly runs: number;
  readonly jobs: number;
  /** Of the mean time of a job. */
  readonly latencyMs: Span;
  readonly attempts: Span;
}

/** A run with less than this share of all jobs says too little to widen the range. */
const TELLING_SHARE = 0.05;
/** The next run's tiles are others, so that the range is never narrower; of one run nobody knows how much runs differ. */
const MARGIN = { oneRun: 0.25, runs: 0.1 } as const;

/** In a run of fewer jobs those that waited for the first container to boot may outweigh all others in the mean. */
const FEW_JOBS = 1_000;
/** The mean of warm jobs lies a little above their median. */
const MEAN_OVER_MEDIAN = 1.3;

/** What a job takes where the container is there already. */
function warmMs({ meanMs, medianMs, jobs }: RunLatency): number {
  return medianMs === null || jobs >= FEW_JOBS ? meanMs : Math.min(meanMs, medianMs * MEAN_OVER_MEDIAN);
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

function meanOf(values: readonly Weighted[]): number {
  const all = sum(values.map(({ weight }) => weight));
  return sum(values.map(({ value, weight }) => value * (weight / all)));
}

function between(values: readonly Weighted[]): Span {
  const likely = meanOf(values);
  const all = sum(values.map(({ weight }) => weight));
  const telling = values.filter(({ weight }) => weight >= all * TELLING_SHARE).map(({ value }) => value);
  return { low: Math.min(likely, ...telling), likely, high: Math.max(likely, ...telling) };
}

/**
 * The range is that of the runs' means. Thousands of jobs together take close to their number times the mean, however
 * much single jobs differ (p5 to p95 of a job says nothing of the sum): what is uncertain is whether the next run's mean
 * is that of the runs before, whose tiles, questions and load on the services were others. What the boot of a container
 * adds to the mean of a short run is left out of the likely time, and stays at the high end.
 *
 * @param runs of one service and model; those without jobs say nothing.
 * @returns null where no run says anything.
 */
export function pastLatency(runs: readonly RunLatency[]): PastLatency | null {
  const known = runs.filter(({ jobs }) => jobs > 0);
  const [first] = known;
  if (first === undefined) return null;
  const of = (pick: (run: RunLatency) => number): Span => between(known.map((run) => ({ value: pick(run), weight: run.jobs })));
  const margin = known.length === 1 ? MARGIN.oneRun : MARGIN.runs;
  const { low, likely, high: warmest } = of(warmMs);
  const high = Math.max(warmest, of(({ meanMs }) => meanMs).high);
  return {
    service: first.service,
    model: first.model,
    runs: known.length,
    jobs: sum(known.map(({ jobs }) => jobs)),
    latencyMs: { low: Math.min(low, likely * (1 - margin)), likely, high: Math.max(high, likely * (1 + margin)) },
    attempts: of(({ attempts }) => attempts),
  };
}

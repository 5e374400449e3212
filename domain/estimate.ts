import { typicalJobSeconds } from './assumptions.ts';
import { jobPlaces } from './ceiling.ts';
import { leastHeld, likelyHeld, mostHeld } from './gpu-hold.ts';
import { fastest, likeliest, slowest, type ServiceWork } from './makespan.ts';
import type { PastLatency } from './past-latency.ts';
import type { Configuration, Service } from './service.ts';
import { NO_SPAN, spanOf, type Span } from './span.ts';
import { HOUR_MS, isoText, SECOND_MS } from './units.ts';

/** What is to be asked of a service: owed tasks, each counted once however often it may have to be repeated. */
export interface Workload {
  readonly service: string;
  readonly jobs: number;
}

export interface ServiceEstimate {
  readonly service: string;
  readonly model: string;
  readonly jobs: number;
  /** Time that GPUs work on the jobs, repetitions included. */
  readonly gpu_seconds: Span;
  /** `assumed`: no earlier run of the output tells how long this model takes. */
  readonly basis: 'measured' | 'assumed';
  readonly from_runs: number;
  readonly from_jobs: number;
  /** Mean time of a job, submit to done as seen. */
  readonly latency_ms: Span;
  /** Jobs that a task takes, with those that have to be repeated. */
  readonly attempts: Span;
}

/** What jobs will take, where nothing else uses the services. */
export interface Estimate {
  readonly services: readonly ServiceEstimate[];
  /** Time that GPUs are held, from boot to scaledown: what is paid for. */
  readonly gpu_hours: Span;
  /** From the first submit to the last answer. */
  readonly wall_seconds: Span;
  /** ISO 8601. */
  readonly finish_at: { readonly earliest: string; readonly likely: string; readonly latest: string };
}

export interface Known {
  /** Its cap and its services; a workload of any other is an error. */
  readonly configuration: Configuration;
  readonly past: readonly PastLatency[];
  /** Wall clock, ms. */
  readonly now: number;
}

/**
 * Share of a container's places that are filled while there is work (docs/performance.md): 0.94 to 0.97 in long runs,
 * less in short ones and in the strict form.
 */
const FILLED: Span = { low: 1, likely: 0.95, high: 0.8 };
/** How far an assumed time may be off. */
const ASSUMED: Span = { low: 0.5, likely: 1, high: 2 };
const ONCE: Span = { low: 1, likely: 1, high: 1 };

type Basis = Pick<ServiceEstimate, 'basis' | 'from_runs' | 'from_jobs' | 'latency_ms' | 'attempts'>;

function basisOf({ name, model }: Service, past: readonly PastLatency[]): Basis {
  const known = past.find((one) => one.service === name && one.model === model);
  if (known !== undefined) {
    const { runs, jobs, latencyMs, attempts } = known;
    const latency = spanOf((end) => Math.round(latencyMs[end]));
    return { basis: 'measured', from_runs: runs, from_jobs: jobs, latency_ms: latency, attempts };
  }
  const assumed = spanOf((end) => typicalJobSeconds(name) * SECOND_MS * ASSUMED[end]);
  return { basis: 'assumed', from_runs: 0, from_jobs: 0, latency_ms: assumed, attempts: ONCE };
}

/** A job in a place takes its time from that place; a GPU works as long for one job alone as for all that it runs at once. */
function workOf(service: Service, jobs: number, { latency_ms, attempts }: Basis): (end: keyof Span) => ServiceWork {
  const places = jobPlaces(service, 1);
  return (end) => {
    const jobSeconds = latency_ms[end] / SECOND_MS;
    const rounds = Math.max(1, (jobs * attempts[end]) / (places * FILLED[end]));
    return { figures: service, jobSeconds, seconds: jobSeconds * rounds };
  };
}

interface Planned {
  readonly work: (end: keyof Span) => ServiceWork;
  readonly shown: ServiceEstimate;
}

function planned({ service: name, jobs }: Workload, { configuration, past }: Known): Planned {
  const service = configuration.services.find((one) => one.name === name);
  if (service === undefined) throw new RangeError(`service ${name} is not configured`);
  const basis = basisOf(service, past);
  const work = workOf(service, jobs, basis);
  const gpuSeconds = spanOf((end) => Math.round(work(end).seconds * service.gpusPerContainer * 10) / 10);
  const shown = { service: name, model: service.model, jobs, gpu_seconds: jobs === 0 ? NO_SPAN : gpuSeconds, ...basis };
  return { work, shown };
}

function isoAfter(now: number, seconds: number): string {
  return isoText(now + Math.round(seconds) * SECOND_MS);
}

/**
 * GPU hours and time of what is owed. GPU seconds of a job are its time over the places of a container; the ends of the
 * range come from the runs' means (see `pastLatency`), from how full the places are, and of the time from whether
 * services get a second container: always and at once, as the budget gives it, or never.
 *
 * @param workloads at most one for a service; services without jobs cost nothing.
 * @throws RangeError where a service is not configured.
 */
export function estimate(workloads: readonly Workload[], known: Known): Estimate {
  const { now, configuration } = known;
  const all = workloads.map((workload) => planned(workload, known));
  const asked = all.filter(({ shown }) => shown.jobs > 0);
  const work = (end: keyof Span): ServiceWork[] => asked.map((one) => one.work(end));
  const { gpus } = configuration;
  const wall = {
    low: fastest(work('low'), gpus),
    likely: likeliest(work('likely'), gpus),
    high: slowest(work('high'), gpus),
  };
  const held = {
    low: leastHeld(work('low'), gpus),
    likely: likelyHeld(work('likely'), gpus, wall.likely),
    high: mostHeld(work('high'), gpus, wall.high),
  };
  return {
    services: all.map(({ shown }) => shown),
    gpu_hours: spanOf((end) => Math.round(((held[end] * SECOND_MS) / HOUR_MS) * 1_000) / 1_000),
    wall_seconds: spanOf((end) => Math.round(wall[end])),
    finish_at: {
      earliest: isoAfter(now, wall.low),
      likely: isoAfter(now, wall.likely),
      latest: isoAfter(now, wall.high),
    },
  };
}

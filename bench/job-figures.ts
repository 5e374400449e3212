import { pollsPerJob, responseTimesMs, utilisation } from '../local/services/analysis.ts';
import type { JournalEvent } from '../local/services/journal.ts';

/** One service over a run, read from its own journal. */
export interface ServiceFigures {
  readonly service: string;
  readonly jobs: number;
  readonly busySeconds: number;
  /** Share of the slots that was in use from the first acceptance to the last end. */
  readonly utilisation: number;
  readonly pollsPerJob: number;
  /** From acceptance to end. */
  readonly responseSeconds: { readonly p50: number; readonly p95: number };
  /** Jobs accepted and not done, at most. */
  readonly peakInFlight: number;
}

/** What a run did with the services' slots. Times are seconds. */
export interface JobFigures {
  readonly makespan: number;
  /** Of the busiest service: all its jobs' time over its slots. No schedule is shorter. */
  readonly ideal: number;
  readonly overIdeal: number;
  /** From the last end of a job until the last answer had been fetched. */
  readonly lastAnswerAfter: number;
  readonly firstSubmitAtMs: number;
  readonly lastDoneAtMs: number;
  readonly services: readonly ServiceFigures[];
}

type Events = readonly JournalEvent[];

/** @returns the value at share q of sorted values; 0 where there are none. */
export function quantileOf(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

function timesOf(events: Events, names: readonly string[]): number[] {
  return events.filter(({ event }) => names.includes(event)).map(({ at_ms: at }) => at);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function serviceFigures(all: Events, service: string, slots: number): ServiceFigures {
  const events = all.filter((event) => event.service === service);
  const { busySeconds, share } = utilisation(events, service, slots);
  const times = responseTimesMs(events);
  return {
    service,
    jobs: timesOf(events, ['accepted']).length,
    busySeconds,
    utilisation: share,
    pollsPerJob: mean([...pollsPerJob(events).values()]),
    responseSeconds: { p50: quantileOf(times, 0.5) / 1_000, p95: quantileOf(times, 0.95) / 1_000 },
    peakInFlight: Math.max(0, ...events.filter(({ pool }) => pool === 'jobs').map(({ inflight }) => inflight ?? 0)),
  };
}

/** @param slots jobs that run at once at each service. @throws where nothing was submitted. */
export function jobFigures(events: Events, slots: number): JobFigures {
  const services = [...new Set(events.map(({ service }) => service))].map((name) => serviceFigures(events, name, slots));
  const firstSubmitAtMs = Math.min(...timesOf(events, ['submit_received']));
  const lastDoneAtMs = Math.max(...timesOf(events, ['finished', 'failed']));
  const lastPollAtMs = Math.max(...timesOf(events, ['polled']));
  const makespan = (lastDoneAtMs - firstSubmitAtMs) / 1_000;
  if (!Number.isFinite(makespan)) throw new Error('No job of the benchmark was done.');
  const ideal = Math.max(...services.map(({ busySeconds }) => busySeconds)) / slots;
  const lastAnswerAfter = (lastPollAtMs - lastDoneAtMs) / 1_000;
  return { makespan, ideal, overIdeal: makespan / ideal, lastAnswerAfter, firstSubmitAtMs, lastDoneAtMs, services };
}

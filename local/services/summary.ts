import { duplicates, pollsPerJob, responseTimesMs, utilisation, type Utilisation } from './analysis.ts';
import { gpusByContainers, gpusByRule, gpuSecondsHeld, peakGpus, type GpuStep } from './gpu-time.ts';
import type { Simulation } from './simulation.ts';

/** A journal in a few figures. Times are seconds. */
export interface Summary {
  readonly peak_gpus: { readonly by_rule: number; readonly by_containers: number };
  readonly gpu_seconds_held: number;
  readonly services: Readonly<Record<string, ServiceSummary>>;
}

export interface ServiceSummary {
  readonly accepted: number;
  readonly finished: number;
  readonly failed: number;
  /** Questions for which more than one job was accepted. */
  readonly duplicates: number;
  readonly polls_per_job: number;
  readonly median_response_seconds: number | null;
  /** Of the slots of as many containers as were ever held at once. */
  readonly slots: Utilisation;
}

/** GPUs held from `at_ms` on by all services together. */
export type GpusHeld = readonly { readonly at_ms: number; readonly gpus: number }[];

/** @returns the same counted in two ways, over time. */
export function gpusHeld(simulation: Simulation): Readonly<Record<'by_rule' | 'by_containers', GpusHeld>> {
  const written = (steps: readonly GpuStep[]): GpusHeld => steps.map(({ atMs, gpus }) => ({ at_ms: atMs, gpus }));
  const { byRule, byContainers } = gpuSteps(simulation);
  return { by_rule: written(byRule), by_containers: written(byContainers) };
}

function gpuSteps({ journal, services }: Simulation): Readonly<Record<'byRule' | 'byContainers', readonly GpuStep[]>> {
  const figures = Object.fromEntries([...services].map(([name, { options }]) => [name, options]));
  return { byRule: gpusByRule(journal.events, figures), byContainers: gpusByContainers(journal.events, figures) };
}

export function summarize(simulation: Simulation): Summary {
  const { services, now } = simulation;
  const { byRule, byContainers } = gpuSteps(simulation);
  return {
    peak_gpus: { by_rule: peakGpus(byRule).gpus, by_containers: peakGpus(byContainers).gpus },
    gpu_seconds_held: gpuSecondsHeld(byContainers, now()),
    services: Object.fromEntries([...services.keys()].map((name) => [name, summarizeService(simulation, name)])),
  };
}

function summarizeService({ journal, services }: Simulation, name: string): ServiceSummary {
  const events = journal.events.filter(({ service }) => service === name);
  const count = (event: string): number => events.filter((each) => each.event === event).length;
  const polls = [...pollsPerJob(events).values()];
  const times = responseTimesMs(events);
  const jobs = events.filter(({ pool }) => pool === 'jobs');
  const containers = peakGpus(gpusByContainers(jobs, { [name]: { gpusPerContainer: 1 } })).gpus;
  const median = times[Math.floor(times.length / 2)];
  return {
    accepted: count('accepted'),
    finished: count('finished'),
    failed: count('failed'),
    duplicates: duplicates(events).size,
    polls_per_job: polls.length === 0 ? 0 : polls.reduce((sum, each) => sum + each, 0) / polls.length,
    median_response_seconds: median === undefined ? null : median / 1_000,
    slots: utilisation(events, name, Math.max(1, containers) * (services.get(name)?.options.slots ?? 1)),
  };
}

import { duplicates, pollsPerJob, responseTimesMs, utilisation, type Utilisation } from './analysis.ts';
import { gpusByContainers, gpusByRule, gpuSecondsHeld, peakGpus } from './gpu-time.ts';
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

export function summarize({ journal, services, now }: Simulation): Summary {
  const figures = Object.fromEntries([...services].map(([name, { options }]) => [name, options]));
  const byContainers = gpusByContainers(journal.events, figures);
  return {
    peak_gpus: { by_rule: peakGpus(gpusByRule(journal.events, figures)).gpus, by_containers: peakGpus(byContainers).gpus },
    gpu_seconds_held: gpuSecondsHeld(byContainers, now()),
    services: Object.fromEntries([...services.keys()].map((name) => [name, summarizeService({ journal, services, now }, name)])),
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

import { httpPool, jobPool, peakGpus, type Pool, type Sample, type Traffic } from '../../domain/gpu.ts';
import { gpusByContainers, peakGpus as highest } from '../../local/services/gpu-time.ts';
import type { JournalEvent } from '../../local/services/journal.ts';
import type { SimulatedServiceOptions } from '../../local/services/options.ts';

/** P4: GPUs held, over all services of a journal together; jobs that nobody knows of and open requests count as any other. */

export type Figures = Readonly<Record<string, SimulatedServiceOptions>>;

interface Held {
  /** By the rule: what was submitted and not finished, for a scaledown window (services.md section 2). */
  readonly byRule: number;
  /** By the containers that ran, from boot to end. */
  readonly byContainers: number;
}

const CHANGES: Readonly<Record<JournalEvent['pool'], Partial<Record<JournalEvent['event'], number>>>> = {
  jobs: { accepted: 1, finished: -1, failed: -1 },
  http: { request_open: 1, request_closed: -1 },
};

function samplesOf(events: readonly JournalEvent[], pool: JournalEvent['pool']): Sample[] {
  let inputs = 0;
  return events.flatMap((event): Sample[] => {
    const change = event.pool === pool ? (CHANGES[pool][event.event] ?? 0) : 0;
    inputs += change;
    return change === 0 ? [] : [{ atSeconds: event.at_ms / 1_000, inputs }];
  });
}

/** What was asked of each pool of each service. */
function trafficOf(events: readonly JournalEvent[], figures: Figures): Traffic[] {
  return Object.entries(figures).flatMap(([service, figure]) => {
    const own = events.filter((event) => event.service === service).toSorted((a, b) => a.at_ms - b.at_ms);
    const known = { ...figure, requestSeconds: 0 };
    const pools: [JournalEvent['pool'], Pool | null][] = [
      ['jobs', jobPool(known)],
      ['http', httpPool(known)],
    ];
    return pools.flatMap(([name, pool]) => (pool === null ? [] : [{ pool, samples: samplesOf(own, name) }]));
  });
}

/** @returns the most GPUs held at once, two ways. */
export function peaks(events: readonly JournalEvent[], figures: Figures): Held {
  return {
    byRule: peakGpus(trafficOf(events, figures)),
    byContainers: highest(gpusByContainers(events, figures)).gpus,
  };
}

/** @returns what is not kept of: never more than `gpus`. */
export function gpuFaults(events: readonly JournalEvent[], figures: Figures, gpus: number): string[] {
  const { byRule, byContainers } = peaks(events, figures);
  return [
    ...(byRule > gpus ? [`P4: ${byRule} GPUs were asked for at once, and the cap is ${gpus}`] : []),
    ...(byContainers > gpus ? [`P4: ${byContainers} GPUs ran at once, and the cap is ${gpus}`] : []),
  ];
}

import { typicalJobSeconds } from '../domain/assumptions.ts';
import type { PastLatency } from '../domain/past-latency.ts';
import type { Run } from '../domain/run.ts';
import { sum, SECOND_MS } from '../domain/units.ts';
import type { Compared } from './comparison.ts';

/** @returns GPU seconds that answers and jobs of earlier runs save: the time of a job, shared by as many as one container admits. */
export function savedSeconds(
  { services }: Run,
  of: Pick<Compared, 'answered' | 'inFlight'>,
  past: readonly PastLatency[],
): number {
  const seconds = Object.values(services).map(({ name, model, inputsPerContainer, gpusPerContainer }) => {
    const known = past.find((one) => one.service === name && one.model === model);
    const jobSeconds = known === undefined ? typicalJobSeconds(name) : known.latencyMs.likely / SECOND_MS;
    const jobs = (of.answered.get(name) ?? 0) + (of.inFlight.get(name) ?? 0);
    return ((jobs * jobSeconds) / inputsPerContainer) * gpusPerContainer;
  });
  return Math.round(sum(seconds) * 10) / 10;
}

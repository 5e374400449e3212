import { deal, verdict, type Allotment } from '../../domain/deal.ts';
import { Failure } from '../../domain/failure.ts';
import { lanesOf, type Lane } from '../../domain/run.ts';
import type { Configuration } from '../../domain/service.ts';
import type { RunSpec } from '../../domain/spec.ts';
import { clamp } from '../../domain/units.ts';
import { requireServices } from '../../schema/spec.ts';

const JOBS_A_STRAND = 200;
const MOST_STRANDS = 8;

/** @returns strands of a lane whose service may have so many jobs in flight (docs/decisions: one worker fills 200). */
export function strandsFor(ceilingJobs: number): number {
  return clamp(Math.floor(ceilingJobs / JOBS_A_STRAND), 1, MOST_STRANDS);
}

/** Jobs in flight while the service has all the GPUs that it may ever have. */
function mostJobs(allotment: Allotment | undefined): number {
  return allotment === undefined ? 0 : allotment.ceiling.jobs * allotment.alone;
}

/**
 * @returns the lanes of a run on these services, strands included.
 * @throws Failure where a task's service is not configured, speaks another API, or has no GPU within the cap.
 */
export function planLanes(spec: RunSpec, configuration: Configuration): Lane[] {
  requireServices(spec, configuration);
  const asked = spec.tasks.map(({ service }) => service);
  const fits = verdict(configuration, asked);
  if (!fits.ok) throw new Failure('InvalidConfiguration', fits.refused);
  const dealt = deal(configuration);
  return lanesOf(spec, (service) => strandsFor(mostJobs(dealt.get(service))));
}

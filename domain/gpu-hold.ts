import { containersAlone, fitTogether, type ServiceWork } from './makespan.ts';
import { sum } from './units.ts';

/**
 * GPU time that work holds, from boot to scaledown (services.md section 3): what the platform bills. Beside the work
 * each container costs its cold start and the window after its last job.
 */

/** A container that does nothing: its boot and its window. */
function idleGpuSeconds({ figures }: ServiceWork): number {
  return figures.gpusPerContainer * (figures.coldStartSeconds + figures.scaledownSeconds);
}

function busyGpuSeconds({ figures, seconds }: ServiceWork): number {
  return seconds * figures.gpusPerContainer;
}

/** A front end on a GPU is held as long as its service has work. */
function frontGpuSeconds({ figures }: ServiceWork, forSeconds: number): number {
  return figures.httpHoldsGpu ? figures.gpusPerContainer * (forSeconds + figures.scaledownSeconds) : 0;
}

/** Containers beyond the first, of a service whose work is longer than a window. */
function moreContainers(one: ServiceWork, gpus: number): number {
  return one.seconds > one.figures.scaledownSeconds ? containersAlone(one, gpus) - 1 : 0;
}

/** @returns with one container for each service, which was warm. */
export function leastHeld(work: readonly ServiceWork[], gpus: number): number {
  const windows = sum(work.map(({ figures }) => figures.gpusPerContainer * figures.scaledownSeconds));
  const fronts = sum(work.map((one) => frontGpuSeconds(one, one.seconds / containersAlone(one, gpus))));
  return sum(work.map(busyGpuSeconds)) + windows + fronts;
}

/** @returns where services that fit together run together, and only the last one grows. */
export function likelyHeld(work: readonly ServiceWork[], gpus: number, wallSeconds: number): number {
  const more = work.map((one) => moreContainers(one, gpus) * idleGpuSeconds(one));
  const grown = fitTogether(work, gpus) ? Math.max(0, ...more) : sum(more);
  return heldWith(work, wallSeconds) + grown;
}

/** @returns where every service has as many containers as it may. */
export function mostHeld(work: readonly ServiceWork[], gpus: number, wallSeconds: number): number {
  const more = work.map((one) => (containersAlone(one, gpus) - 1) * idleGpuSeconds(one));
  return heldWith(work, wallSeconds) + sum(more);
}

function heldWith(work: readonly ServiceWork[], wallSeconds: number): number {
  const fronts = work.map((one) => frontGpuSeconds(one, wallSeconds));
  return sum([...work.map(busyGpuSeconds), ...work.map(idleGpuSeconds), ...fronts]);
}

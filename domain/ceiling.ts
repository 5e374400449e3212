import { windowMs } from './account.ts';
import { orphanSeconds } from './gpu.ts';
import type { Ceiling, Configured, Places } from './lease.ts';
import type { Service, ServiceFigures, Configuration } from './service.ts';
import { SECOND_MS } from './units.ts';

/** Jobs that may queue per container where that cannot start another one (services.md section 3). */
const PREFETCH = 8;

/** @returns the job places of so many containers of a service. */
export function jobPlaces(figures: ServiceFigures, containers: number): number {
  // Where the platform itself stops at what it was dealt, a queued job is no container, only a shorter wait.
  const limited = figures.maxContainers !== null && figures.maxContainers <= containers;
  return containers * (figures.inputsPerContainer + (limited ? PREFETCH : 0));
}

/** @returns GPUs of the one container without which a service does nothing, and of the front end before it. */
export function leastGpus(figures: ServiceFigures): number {
  return figures.gpusPerContainer * (figures.httpHoldsGpu ? 2 : 1);
}

/** @returns the most containers that a service could have if it were alone. */
export function mostContainers(figures: ServiceFigures, gpus: number): number {
  const front = figures.httpHoldsGpu ? figures.gpusPerContainer : 0;
  const byGpus = Math.floor((gpus - front) / figures.gpusPerContainer);
  return Math.max(0, Math.min(figures.maxContainers ?? Infinity, byGpus));
}

/**
 * @returns how long after its intent was written a job may still run. It does not depend on how many containers there
 * are, since each brings its own places: whoever submits and whoever charges for it always mean the same deadline.
 */
export function orphanMs(figures: ServiceFigures): number {
  const containers = figures.maxContainers ?? 1;
  return orphanSeconds(figures, jobPlaces(figures, containers), containers) * SECOND_MS;
}

/** @returns places as a ceiling, with the deadlines of the service. */
export function ceilingFor(figures: ServiceFigures, places: Places, why: string): Ceiling {
  const deadlines = { orphanMs: orphanMs(figures), requestMs: figures.requestSeconds * SECOND_MS };
  return { ...places, ...deadlines, windowMs: windowMs(figures), why };
}

/** @returns the ceiling of a service with one container, as long as the budget has not spoken. */
export function leastCeiling({ figures, gpus }: Configured): Ceiling {
  const places = { jobs: jobPlaces(figures, 1), http: figures.httpInputs };
  return ceilingFor(figures, places, `1 container of ${gpus} GPUs`);
}

/** @returns what a holder of a service tells the budget of its configuration. */
export function configuredOf(service: Service, { gpus, services }: Configuration): Configured {
  const longestScaledownSeconds = Math.max(...services.map(({ scaledownSeconds }) => scaledownSeconds), service.scaledownSeconds);
  const { name: _name, api: _api, baseUrl: _url, model: _model, headers: _headers, insecure: _insecure, ...rest } = service;
  const { assumed, ...figures } = rest;
  return { gpus, figures, guessed: assumed.includes('inputsPerContainer'), longestScaledownSeconds };
}

import type { Places } from './lease.ts';
import type { Configuration, Service, ServiceFigures } from './service.ts';

/** GPUs of the one container without which a service does nothing, and of the front end before it. */
function leastGpus(service: ServiceFigures): number {
  return service.gpusPerContainer * (service.httpHoldsGpu ? 2 : 1);
}

/** What a service may use from the start to the end. */
export interface Allotment {
  readonly gpus: number;
  /** Of jobs. */
  readonly containers: number;
  readonly ceiling: Places;
}

/** By service, in the order of the configuration. Services that got nothing are absent. */
export type Deal = ReadonlyMap<string, Allotment>;

/** Jobs that may queue per container where that cannot start another one (services.md section 3). */
const PREFETCH = 8;

function allotment(service: Service): Allotment {
  const containers = 1;
  // Where the platform itself stops at what was dealt, a queued job is no container, only a shorter wait.
  const limited = service.maxContainers !== null && service.maxContainers <= containers;
  const places = service.inputsPerContainer + (limited ? PREFETCH : 0);
  return { gpus: leastGpus(service), containers, ceiling: { jobs: containers * places, http: service.httpInputs } };
}

/** @returns one container for each service in the order of the configuration, as long as the GPUs last. */
export function deal(configuration: Configuration): Deal {
  const dealt = new Map<string, Allotment>();
  let left = configuration.gpus;
  for (const service of configuration.services) {
    const share = allotment(service);
    if (share.gpus > left) continue;
    left -= share.gpus;
    dealt.set(service.name, share);
  }
  return dealt;
}

/** Whether services can run within the cap, or why not: sentences with the arithmetic. */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly services: readonly string[]; readonly refused: string };

function gpuCount(n: number): string {
  return n === 1 ? '1 GPU' : `${n} GPUs`;
}

function sumText(service: Service): string {
  const container = `${gpuCount(service.gpusPerContainer)} for one container of jobs`;
  const front = `${gpuCount(service.gpusPerContainer)} for the HTTP front end`;
  return service.httpHoldsGpu ? `${container} + ${front} = ${gpuCount(leastGpus(service))}` : container;
}

function refusal(service: Service, configuration: Configuration): string {
  const cap = gpuCount(configuration.gpus);
  const sum = `Service ${service.name} needs ${sumText(service)}`;
  if (leastGpus(service) > configuration.gpus) {
    return `${sum}, and the cap is ${cap}. Raise the cap (TILESCRIBE_GPUS), or run it on fewer.`;
  }
  const shares = [...deal(configuration)].map(([name, share]) => `${name} ${share.gpus}`).join(', ');
  const order = 'Remove a service that is not in use from the configuration, or put this one first in the services file.';
  return `${sum}, and of ${cap} too few are left: ${shares}. ${order}`;
}

/** @param asked the services that matter, all where it is left out. */
export function verdict(configuration: Configuration, asked?: readonly string[]): Verdict {
  const dealt = deal(configuration);
  const refused = configuration.services.filter(({ name }) => !dealt.has(name) && (asked?.includes(name) ?? true));
  if (refused.length === 0) return { ok: true };
  const sentences = refused.map((service) => refusal(service, configuration));
  return { ok: false, services: refused.map(({ name }) => name), refused: sentences.join('\n') };
}

import { jobPlaces, leastGpus, mostContainers } from './ceiling.ts';
import type { Places } from './lease.ts';
import { quantity } from './quantity.ts';
import type { Configuration, Service } from './service.ts';

/** What a service may use while others run beside it, and what it may use alone. */
export interface Allotment {
  readonly gpus: number;
  /** Of jobs. */
  readonly containers: number;
  readonly ceiling: Places;
  /** Containers of jobs while every other service has been idle for longer than its window. */
  readonly alone: number;
}

/** By service, in the order of the configuration. Services that cannot stay within the cap are absent. */
export type Deal = ReadonlyMap<string, Allotment>;

/** @returns one container for each service that fits within the cap when it is alone. */
export function deal({ services, gpus }: Configuration): Deal {
  const fitting = services.filter((service) => leastGpus(service) <= gpus);
  return new Map(
    fitting.map((service) => {
      const ceiling = { jobs: jobPlaces(service, 1), http: service.httpInputs };
      return [service.name, { gpus: leastGpus(service), containers: 1, ceiling, alone: mostContainers(service, gpus) }];
    }),
  );
}

/** Whether services can run within the cap, or why not: sentences with the arithmetic. */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly services: readonly string[]; readonly refused: string };

function sumText(service: Service): string {
  const container = `${quantity(service.gpusPerContainer, 'GPU')} for one container of jobs`;
  const front = `${quantity(service.gpusPerContainer, 'GPU')} for the HTTP front end`;
  return service.httpHoldsGpu ? `${container} + ${front} = ${quantity(leastGpus(service), 'GPU')}` : container;
}

function refusal(service: Service, { gpus }: Configuration): string {
  const advice = 'Raise the cap (TILESCRIBE_GPUS), or run it on fewer.';
  return `Service ${service.name} needs ${sumText(service)}, and the cap is ${quantity(gpus, 'GPU')}. ${advice}`;
}

/**
 * A service that alone cannot stay within the cap is refused; services that fit alone but not together take turns.
 *
 * @param asked the services that matter, all where it is left out.
 */
export function verdict(configuration: Configuration, asked?: readonly string[]): Verdict {
  const dealt = deal(configuration);
  const refused = configuration.services.filter(({ name }) => !dealt.has(name) && (asked?.includes(name) ?? true));
  if (refused.length === 0) return { ok: true };
  const sentences = refused.map((service) => refusal(service, configuration));
  return { ok: false, services: refused.map(({ name }) => name), refused: sentences.join('\n') };
}

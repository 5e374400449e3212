import { createModelService } from '../adapters/services/client.ts';
import { deal } from '../domain/deal.ts';
import { Failure } from '../domain/failure.ts';
import { orphanSeconds } from '../domain/gpu.ts';
import type { Ceiling } from '../domain/lease.ts';
import type { Configuration, Service } from '../domain/service.ts';
import { SECOND_MS } from '../domain/units.ts';
import type { ModelService } from '../ports/model-service.ts';
import { resolveHeaders } from '../schema/headers.ts';

/** A configured service, its client, and what the configuration lets it use. */
export interface Directed {
  readonly service: Service;
  readonly client: ModelService;
  readonly ceiling: Ceiling;
}

/** The services of a worker, each with one client for as long as the worker lives. */
export interface ServiceDirectory {
  /** @throws Failure InvalidConfiguration where the worker does not know the service. */
  get(name: string): Directed;
  close(): Promise<void>;
}

function ceilingOf(service: Service, configuration: Configuration): Ceiling {
  const allotment = deal(configuration).get(service.name);
  const { jobs, http } = allotment?.ceiling ?? { jobs: 0, http: 0 };
  const containers = allotment?.containers ?? 1;
  const orphanMs = orphanSeconds(service, jobs, containers) * SECOND_MS;
  const guess = service.assumed.includes('inputsPerContainer') ? ' (assumed)' : '';
  const why = `${containers} of ${configuration.gpus} GPUs x ${service.inputsPerContainer} inputs per container${guess}`;
  return { jobs, http, orphanMs, requestMs: service.requestSeconds * SECOND_MS, why };
}

/** @returns the configured services by name. */
export function serviceDirectory(configuration: Configuration, environment: NodeJS.ProcessEnv): ServiceDirectory {
  const clients = configuration.services.map((service) => {
    const client = createModelService(service, resolveHeaders(service, environment));
    return [service.name, { service, client, ceiling: ceilingOf(service, configuration) }] as const;
  });
  const directory = new Map(clients);
  return {
    get: (name) => {
      const found = directory.get(name);
      if (found !== undefined) return found;
      const known = [...directory.keys()].join(', ') || 'none';
      throw new Failure(
        'InvalidConfiguration',
        `This worker does not know the service ${name}; it knows ${known}. Give all workers the same services.`,
      );
    },
    close: async () => void (await Promise.all(clients.map(([, { client }]) => client.close()))),
  };
}

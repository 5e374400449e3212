import { createModelService } from '../adapters/services/client.ts';
import { configuredOf } from '../domain/ceiling.ts';
import { Failure } from '../domain/failure.ts';
import type { Configured } from '../domain/lease.ts';
import type { Configuration, Service } from '../domain/service.ts';
import type { ModelService } from '../ports/model-service.ts';
import { resolveHeaders } from '../schema/headers.ts';

/** A configured service, its client, and what the budget is told of it. */
export interface Directed {
  readonly service: Service;
  readonly client: ModelService;
  readonly configured: Configured;
}

/** The services of a worker, each with one client for as long as the worker lives. */
export interface ServiceDirectory {
  /** @throws Failure InvalidConfiguration where the worker does not know the service. */
  get(name: string): Directed;
  close(): Promise<void>;
}

/** @returns the configured services by name. */
export function serviceDirectory(configuration: Configuration, environment: NodeJS.ProcessEnv): ServiceDirectory {
  const clients = configuration.services.map((service) => {
    const client = createModelService(service, resolveHeaders(service, environment));
    return [service.name, { service, client, configured: configuredOf(service, configuration) }] as const;
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

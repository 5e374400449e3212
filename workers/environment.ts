import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Configuration } from '../domain/service.ts';
import { readConfiguration } from '../schema/configuration.ts';
import { resolveHeaders } from '../schema/headers.ts';
import { readSettings, type Settings } from '../schema/settings.ts';

/** What the environment of a worker says, read once. */
export interface WorkerEnvironment {
  readonly variables: NodeJS.ProcessEnv;
  readonly settings: Settings;
  readonly configuration: Configuration;
  /** Values of headers, which no log may show. */
  readonly secrets: readonly string[];
}

/** @throws Failure InvalidConfiguration with every mistake. */
export function workerEnvironment(variables: NodeJS.ProcessEnv): WorkerEnvironment {
  const settings = readSettings(variables, availableParallelism());
  const configuration = readConfiguration(variables, (path) => readFileSync(path, 'utf8'));
  const secrets = configuration.services.flatMap((service) => Object.values(resolveHeaders(service, variables)));
  return { variables, settings, configuration, secrets };
}

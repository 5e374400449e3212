import { readFileSync } from 'node:fs';
import { assumptions, type Load } from '../domain/assumptions.ts';
import type { RunStatus } from '../domain/progress.ts';
import type { Configuration } from '../domain/service.ts';
import type { RunSpec } from '../domain/spec.ts';
import { readConfiguration } from '../schema/configuration.ts';
import { openOutput } from './run-output.ts';
import { readAssumptions } from './stored-run.ts';

/** What is assumed of each service and what that means, for the first lines of `run`. */

/** The services as this command's own environment says; workers may know others. @throws Failure `InvalidConfiguration` */
export function ownConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  return readConfiguration(environment, (path) => readFileSync(path, 'utf8'));
}

function loadOf(spec: RunSpec, inputs: number): Load {
  const services = new Set(spec.tasks.map(({ service }) => service));
  const tasks = (service: string): number => spec.tasks.filter((task) => task.service === service).length;
  return { jobsByService: Object.fromEntries([...services].map((service) => [service, tasks(service) * inputs])) };
}

/** @param inputs null while they are not counted. @returns nothing where this environment names no service of the spec. */
export function ownAssumptions(configuration: Configuration, spec: RunSpec, inputs: number | null): string[] {
  const asked = new Set(spec.tasks.map(({ service }) => service));
  const services = configuration.services.filter(({ name }) => asked.has(name));
  return assumptions({ ...configuration, services }, inputs === null ? undefined : loadOf(spec, inputs));
}

/** @returns the lines from the run's own run.json; null where it cannot be read from here. */
export async function runAssumptions({ output: uri, inputs }: RunStatus): Promise<string[] | null> {
  if (uri === null) return null;
  const output = openOutput(uri);
  try {
    return await readAssumptions(output, inputs);
  } catch {
    return null;
  } finally {
    await output.close();
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedServiceOptions, SimulationOptions } from '../local/services/options.ts';
import type { SimulatedServices } from '../local/services/server.ts';
import type { Stack } from '../local/stack.ts';
import type { WorkerChild } from '../local/workers.ts';

/** The parts of a system on this machine, each started where a command asks for it. */

/** What the services file says of a simulated service: the figures that the simulation has. */
function figures(options: SimulatedServiceOptions, baseUrl: string): object {
  const { model, gpusPerContainer, inputsPerContainer, maxContainers, httpHoldsGpu } = options;
  const { scaledownSeconds, timeoutSeconds, coldStartSeconds } = options;
  return {
    api: 'qwen-vl',
    baseUrl,
    model,
    gpusPerContainer,
    inputsPerContainer,
    maxContainers,
    scaledownSeconds,
    timeoutSeconds,
    coldStartSeconds,
    httpHoldsGpu,
  };
}

/** Simulated services, and the services file by which workers know them. */
export interface SimulatedSystem {
  readonly simulated: SimulatedServices;
  readonly servicesFile: string;
}

/** @param directory where the services file is written. @throws Failure where a port is taken. */
export async function startSimulation(options: SimulationOptions, directory: string): Promise<SimulatedSystem> {
  const { startSimulatedServices } = await import('../local/services/server.ts');
  const { completeServices } = await import('../local/services/options.ts');
  const simulated = await startSimulatedServices(options);
  const known = [...completeServices(options)].map(([name, complete]) => [
    name,
    figures(complete, simulated.services[name]?.baseUrl ?? ''),
  ]);
  const servicesFile = join(directory, 'services.json');
  await mkdir(directory, { recursive: true });
  await writeFile(servicesFile, `${JSON.stringify({ services: Object.fromEntries(known) }, null, 2)}\n`);
  return { simulated, servicesFile };
}

/** @returns the variables by which commands and workers find the system. */
export function systemEnvironment(stack: Stack, servicesFile: string | null): Record<string, string> {
  return { ...stack.environment, ...(servicesFile === null ? {} : { TILESCRIBE_SERVICES: servicesFile }) };
}

/** @param logFile is appended to. @throws Failure `Unreachable` with the end of its log. */
export async function startLocalWorker(environment: Readonly<Record<string, string>>, logFile: string): Promise<WorkerChild> {
  const { startWorker } = await import('../local/workers.ts');
  return startWorker({ environment, stderr: { file: logFile } });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../domain/failure.ts';
import { answerControl } from './control.ts';
import { failedReply } from './documented.ts';
import { Door } from './door.ts';
import type { Journal } from './journal.ts';
import type { SimulationOptions } from './options.ts';
import { sendReply } from './reply.ts';
import type { Disturbance } from './service.ts';
import { makeSimulation, serviceOf, type Simulation } from './simulation.ts';

/** A running simulation. */
export interface SimulatedServices {
  /** By name; the URL has no trailing slash. */
  readonly services: Readonly<Record<string, { readonly baseUrl: string }>>;
  readonly journal: Journal;
  /** Changes a service while it runs. @throws {Failure} for a name that is none of its services. */
  configure(service: string, disturbance: Disturbance): void;
  /** Ends every connection and timer; a second time is no error. */
  close(): Promise<void>;
}

/** Starts one HTTP server per service on 127.0.0.1. @throws {Failure} where a port is taken. */
export async function startSimulatedServices(options: SimulationOptions = {}): Promise<SimulatedServices> {
  const simulation = makeSimulation(options);
  const { journal, services } = simulation;
  const doors = new Map<string, Door>();
  const close = async (): Promise<void> => stop(simulation, doors);
  try {
    for (const name of services.keys()) doors.set(name, await openDoor(simulation, name));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    services: addresses(doors),
    journal,
    close,
    configure: (name, change) => serviceOf(simulation, name).disturb(change),
  };
}

async function openDoor(simulation: Simulation, name: string): Promise<Door> {
  const { options, outages } = serviceOf(simulation, name);
  const { port } = options;
  try {
    const door = await Door.open(port, (message, response) => void answer({ simulation, name }, message, response));
    outages.refusing = (refused) => door.refuse(refused);
    return door;
  } catch (error) {
    throw new Failure(
      'InvalidConfiguration',
      `services.${name}.port: port ${port} cannot be used; name a free one, or 0 for any.`,
      { cause: error },
    );
  }
}

async function answer(
  { simulation, name }: { simulation: Simulation; name: string },
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  message.on('error', () => undefined);
  response.on('error', () => undefined);
  try {
    const control = await answerControl(simulation, name, message);
    await (control === null ? serviceOf(simulation, name).serve(message, response) : sendReply(response, control));
  } catch (error) {
    await sendReply(response, failedReply(error instanceof Error ? error.message : 'unknown'));
  }
}

function addresses(doors: ReadonlyMap<string, Door>): Record<string, { baseUrl: string }> {
  return Object.fromEntries([...doors].map(([name, { port }]) => [name, { baseUrl: `http://127.0.0.1:${port}` }]));
}

async function stop({ services }: Simulation, doors: ReadonlyMap<string, Door>): Promise<void> {
  for (const service of services.values()) service.close();
  await Promise.all([...doors.values()].map((door) => door.close()));
}

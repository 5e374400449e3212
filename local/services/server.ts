import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../domain/failure.ts';
import { answerControl } from './control.ts';
import { failedReply } from './documented.ts';
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

/** Long, so that a reset is a fault that somebody asked for and not a connection that grew old. */
const KEEP_ALIVE_MS = 600_000;

/** Starts one HTTP server per service on 127.0.0.1. @throws {Failure} where a port is taken. */
export async function startSimulatedServices(options: SimulationOptions = {}): Promise<SimulatedServices> {
  const simulation = makeSimulation(options);
  const { journal, services } = simulation;
  const servers = new Map<string, Server>();
  const close = async (): Promise<void> => stop(simulation, servers);
  try {
    for (const [name, service] of services) servers.set(name, await listen(simulation, name, service.options.port));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    services: addresses(servers),
    journal,
    close,
    configure: (name, change) => serviceOf(simulation, name).disturb(change),
  };
}

async function listen(simulation: Simulation, name: string, port: number): Promise<Server> {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    (message, response) => void answer({ simulation, name }, message, response),
  );
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Failure(
      'InvalidConfiguration',
      `services.${name}.port: port ${port} cannot be used; name a free one, or 0 for any.`,
      { cause: error },
    );
  }
  return server;
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

function addresses(servers: ReadonlyMap<string, Server>): Record<string, { baseUrl: string }> {
  const address = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.fromEntries([...servers].map(([name, server]) => [name, { baseUrl: address(server) }]));
}

async function stop({ services }: Simulation, servers: ReadonlyMap<string, Server>): Promise<void> {
  for (const service of services.values()) service.close();
  const closing = [...servers.values()].map(async (server) => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  await Promise.all(closing);
}

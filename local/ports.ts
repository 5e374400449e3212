import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Failure } from '../domain/failure.ts';

/**
 * Ports of the loopback interface that nothing listens on.
 * @param wanted one entry per port: the number to have, or 0 for any.
 * @returns as many different ports as there are entries, in their order.
 */
export async function freePorts(wanted: readonly number[]): Promise<number[]> {
  const listening = await Promise.allSettled(wanted.map(listen));
  const servers = listening.filter((result) => result.status === 'fulfilled').map((result) => result.value);
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const refused = listening.find((result) => result.status === 'rejected');
  if (refused) throw refused.reason;
  return ports;
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Failure(
      'InvalidConfiguration',
      `Port ${port} on 127.0.0.1 cannot be taken: stop what listens there, or name another port.`,
      { cause },
    );
  }
  return server;
}

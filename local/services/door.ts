import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Long, so that a reset is a fault that somebody asked for and not a connection that grew old. */
const KEEP_ALIVE_MS = 600_000;
/** Somebody else may have the port by the time it is wanted back. */
const AGAIN_MS = 50;

/** The port of one service on 127.0.0.1, which can be shut and opened again. */
export class Door {
  readonly #server: Server;
  readonly port: number;
  #state: 'open' | 'shut' | 'closed' = 'open';

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('error', () => setTimeout(() => this.#listen(), AGAIN_MS).unref());
  }

  /** @param port 0 for any. Rejects where it is taken. */
  static async open(port: number, listener: RequestListener): Promise<Door> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new Door(server);
  }

  /** Refuses connections from now on and ends those there are, or takes them again. */
  refuse(refused: boolean): void {
    if (this.#state === 'closed') return;
    this.#state = refused ? 'shut' : 'open';
    if (!refused) return this.#listen();
    this.#server.close();
    // Whoever asked for it on this very port still gets the reply.
    setImmediate(() => {
      if (this.#state === 'shut') this.#server.closeAllConnections();
    });
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(): void {
    if (this.#state === 'open' && !this.#server.listening) this.#server.listen(this.port, '127.0.0.1');
  }
}

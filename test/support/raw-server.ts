import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A server that speaks whatever a test makes it speak. */
export interface RawServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** How many connections were ever opened, whether anything was sent on them or not. */
  readonly connections: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** @param speak called with every connection once its first bytes are there. */
export async function startRawServer(speak: (socket: Socket) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => speak(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return sockets.length;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** What is said first, and then over and over. */
export interface Speech {
  readonly head: string;
  readonly more: string;
}

/** Speaks as fast as it is heard, until the other side has had enough. */
export function flood(socket: Socket, { head, more }: Speech): void {
  socket.write(head);
  const again = (): void => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on('drain', again);
  again();
}

/** Speaks a little every few milliseconds until the other side has had enough. */
export function drip(socket: Socket, { head, more }: Speech): void {
  socket.write(head);
  const timer = setInterval(() => void socket.write(more), 10);
  socket.once('close', () => clearInterval(timer));
}
